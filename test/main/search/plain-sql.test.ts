import { dirname } from 'node:path'
import { beforeEach, describe, expect, test } from 'vitest'
import { columnText } from '@shared/science/filter/column'
import { formatFilter } from '@shared/science/filter/format-filter'
import type { Column, Condition, FilterTree } from '@shared/science/filter/filter-tree'
import { createRandom } from '@shared/science/stats/random'
import { questionRanges } from '@shared/science/tree/decision-tree'
import type { WritableDb } from '@main/catalogue/open'
import { openRound } from '@main/catalogue/rounds'
import { splitSurvey } from '@main/catalogue/splits'
import { decodeCounts } from '@main/catalogue/votes'
import type { Search } from '@main/search/search'
import { smallTree } from '../catalogue/support'
import { fillShelf, found, mixedProject, outputs, predict, searchOf, shelvedSearchOf } from './support'

const COUNT = 1_500

let db: WritableDb
let path: string
beforeEach(async () => {
  const project = mixedProject(COUNT)
  db = project.db
  splitSurvey(db, { test: 0.2, initial: 0.1, seed: 2 })
  await predict(db, 'model-001', keys(0.9))
  await predict(db, 'model-002', keys(0.5), 4)
  const pool = db
    .prepare<[], number>('SELECT galaxy_key FROM galaxies WHERE galaxy_key NOT IN (SELECT galaxy_key FROM held_out)')
    .pluck()
    .all()
  const picks = pool.slice(0, 200).map((galaxyKey, i) => ({
    galaxyKey,
    score: i % 5 === 0 ? null : (i * 37) % 60,
    isRandom: i % 5 === 0,
    inclusionProbability: null,
    parts: {},
  }))
  openRound(db, { strategy: 'mutual-information', modelId: null, seed: 1, params: {} }, picks)
  db.transaction(makeWideTable)()
  path = project.path
})

/** The first galaxies, up to this share of the survey. */
const keys = (share: number) => Array.from({ length: COUNT * share }, (_, i) => i + 1)

/** What the search should find is asked of SQLite: a plain table of values, NULL where unknown, made here from what is in the catalogue. */
function makeWideTable(): void {
  const fractions = outputs.map((name) => `"${name}" REAL`)
  const predicted = ['model-001', 'model-002'].flatMap((model) => outputs.map((name) => `"${model} ${name}" REAL`))
  const totals = smallTree.questions.map(({ name }) => `"votes ${name}" INTEGER`)
  const columns = ['galaxy_key INTEGER PRIMARY KEY', 'id TEXT', 'ra REAL', 'dec REAL', ...fractions, ...totals, ...predicted]
  const rest = ['score REAL', 'redshift REAL', 'survey TEXT', '"petro r90" REAL', 'objid TEXT', 'test INTEGER', 'round INTEGER']
  db.exec(`CREATE TABLE wide (${[...columns, ...rest].join(', ')})`)
  const galaxies = db
    .prepare<[], { key: number; id: string; ra: number | null; dec: number | null; metadata: string; counts: Buffer | null }>(
      `SELECT galaxy_key AS key, id, ra_deg AS ra, dec_deg AS dec, metadata, counts FROM galaxies LEFT JOIN votes USING (galaxy_key)`,
    )
    .all()
  const predictionOf = db
    .prepare<[string, number], Buffer>('SELECT fractions FROM predictions WHERE model_id = ? AND galaxy_key = ?')
    .pluck()
  const byKey = (sql: string) => new Map(db.prepare<[], [number, number | null]>(sql).raw().all())
  const score = byKey('SELECT galaxy_key, score FROM acquisitions WHERE round = 1')
  const isTest = byKey("SELECT galaxy_key, 1 FROM held_out WHERE side = 'test'")
  const inRound = byKey('SELECT galaxy_key, 1 FROM acquisitions WHERE round = 1 UNION SELECT galaxy_key, 1 FROM test_draws WHERE round = 1')
  const insert = db.prepare(`INSERT INTO wide VALUES (${Array.from({ length: columns.length + rest.length }, () => '?').join(', ')})`)
  for (const { key, id, ra, dec, metadata, counts } of galaxies) {
    const counts_A = counts === null ? null : decodeCounts(counts)
    const ranges = questionRanges(smallTree)
    const totalOf = (start: number, end: number) => counts_A?.slice(start, end).reduce((sum, count) => sum + count, 0) ?? null
    const fraction_A = ranges.flatMap(({ start, end }) => {
      const total = totalOf(start, end)
      return Array.from({ length: end - start }, (_, i) => (total ? counts_A![start + i]! / total : null))
    })
    const predicted_A = ['model-001', 'model-002'].flatMap((model) => {
      const bytes = predictionOf.get(model, key)
      return outputs.map((_, i) => bytes?.readFloatLE(i * 4) ?? null)
    })
    const { redshift, survey, objid, 'petro r90': r90 } = JSON.parse(metadata) as Record<string, string>
    const totals_Q = ranges.map(({ start, end }) => totalOf(start, end))
    const rest_ = [
      redshift === undefined || redshift === 'NaN' ? null : Number(redshift),
      survey ?? null,
      r90 === undefined ? null : Number(r90),
      objid,
    ]
    insert.run(
      key,
      id,
      ra,
      dec,
      ...fraction_A,
      ...totals_Q,
      ...predicted_A,
      score.get(key) ?? null,
      ...rest_,
      isTest.get(key) ?? 0,
      inRound.get(key) ?? 0,
    )
  }
}

const columnSql = (column: Column): string => {
  switch (column.kind) {
    case 'named':
    case 'metadata':
      return `"${column.name}"`
    case 'votes':
      return `"votes ${column.question}"`
    case 'predicted':
      return `"${column.model ?? 'model-002'} ${column.answer}"`
    case 'score':
      return 'score'
  }
}

function conditionSql(condition: Condition<Column>): string {
  switch (condition.kind) {
    case 'number':
      return `${columnSql(condition.column)} ${condition.operator} ${condition.value}`
    case 'text': {
      const value = `'${condition.operator === '~' ? condition.value.replaceAll('[', '[[]') : condition.value}'`
      return `${columnSql(condition.column)} ${condition.operator === '~' ? 'GLOB' : condition.operator} ${value}`
    }
    case 'known':
      return `${columnSql(condition.column)} IS NOT NULL`
    case 'state':
      return 'test'
    case 'in-round':
      return 'round > 0'
    default:
      throw new Error(condition.kind)
  }
}

function sqlOf(tree: FilterTree): string {
  if (tree.kind === 'and' || tree.kind === 'or') return `(${tree.of.map(sqlOf).join(` ${tree.kind} `)})`
  if (tree.kind === 'not') return `(not ${sqlOf(tree.of)})`
  return `(${conditionSql(tree as Condition<Column>)})`
}

/** NULLs last either way, ties by key. */
const sqlKeys = (where: string, order = 'galaxy_key') =>
  db.prepare<[], number>(`SELECT galaxy_key FROM wide WHERE ${where} ORDER BY ${order}`).pluck().all()

const random = createRandom(6, 'filters')
const pick = <T>(items: readonly T[]): T => items[random.integer(items.length)]!
const numberColumns: Column[] = [
  ...['smooth_yes', 'edge-on_no', 'bar_yes', 'odd_no', 'ra', 'dec', 'redshift'].map((name): Column => ({ kind: 'named', name })),
  { kind: 'metadata', name: 'petro r90' },
  { kind: 'votes', question: 'smooth' },
  { kind: 'votes', question: 'bar' },
  { kind: 'predicted', model: null, answer: 'bar_yes' },
  { kind: 'predicted', model: 'model-001', answer: 'smooth_no' },
  { kind: 'score', round: null },
]
const textColumns: Column[] = ['survey', 'objid', 'id'].map((name) => ({ kind: 'named', name }))

function randomFilter(depth: number): FilterTree {
  if (depth > 0 && random.next() < 0.7) {
    if (random.next() < 0.3) return { kind: 'not', of: randomFilter(depth - 1) }
    return { kind: pick(['and', 'or'] as const), of: Array.from({ length: 2 + random.integer(2) }, () => randomFilter(depth - 1)) }
  }
  const kind = pick(['number', 'number', 'number', 'text', 'known', 'state', 'in-round'] as const)
  if (kind === 'number') {
    const value = pick([0, 0.2, 0.25, 0.5, 1 / 3, 2, 4, 12, 40, 180])
    return { kind, column: pick(numberColumns), operator: pick(['=', '!=', '<', '<=', '>', '>='] as const), value }
  }
  if (kind === 'text') {
    const value = pick(['SDSS', 'sdss [8]', 'g1*', '*[8]', '?DSS', '58773257000*', '*'])
    return {
      kind,
      column: pick(textColumns),
      operator: value.includes('*') || value.includes('?') ? '~' : pick(['=', '!='] as const),
      value,
    }
  }
  if (kind === 'known') return { kind, column: pick([...numberColumns, ...textColumns]) }
  return kind === 'state' ? { kind, state: 'test' } : { kind, round: 1 }
}

describe.each(['catalogue', 'shelf'])('the search finds what plain SQL finds, read from the %s', (place) => {
  let search: Search
  beforeEach(async () => {
    if (place === 'shelf') await fillShelf(path)
    search = place === 'shelf' ? shelvedSearchOf(path) : searchOf(path)
  })

  test('for filters of every kind, unknown values and all', async () => {
    const sizes: number[] = []
    for (let i = 0; i < 250; i++) {
      const tree = randomFilter(3)
      const expected = sqlKeys(sqlOf(tree))
      expect(await found(search, formatFilter(tree)), formatFilter(tree)).toEqual(expected)
      sizes.push(expected.length)
    }
    // Neither all nothing nor all everything.
    expect(sizes.filter((size) => size > 0 && size < COUNT).length).toBeGreaterThan(150)
  })

  test('in the order of any column, both ways', async () => {
    for (const column of [...numberColumns, ...textColumns]) {
      for (const descending of [false, true]) {
        const order = `${columnSql(column)} ${descending ? 'DESC' : 'ASC'} NULLS LAST, galaxy_key`
        const sort = columnText(column)
        expect(await found(search, 'not test', sort, descending), sort).toEqual(sqlKeys('not test', order))
      }
    }
    expect(await found(search, '', null, true)).toEqual(sqlKeys('true', 'galaxy_key DESC'))
  })

  test('with so little room for columns that none stays', async () => {
    const crowded = searchOf(dirname(db.name), 1)
    expect(await found(crowded, 'smooth_yes > 0.2 and bar_yes < 0.5 and predicted.bar_yes > 0.1', 'redshift')).toEqual(
      sqlKeys('smooth_yes > 0.2 AND bar_yes < 0.5 AND "model-002 bar_yes" > 0.1', 'redshift NULLS LAST, galaxy_key'),
    )
  })
})
