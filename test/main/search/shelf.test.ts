import { existsSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, test } from 'vitest'
import type { WritableDb } from '@main/catalogue/open'
import type { Search } from '@main/search/search'
import { createShelf } from '@main/search/shelf'
import { importRows, row } from '../catalogue/support'
import { fillShelf, found, mixedProject, mixedRows, outputs, predict, searchOf, shelvedSearchOf } from './support'

const COUNT = 300
const [first] = outputs
const filters = [
  `${first} > 0.5`,
  'votes(smooth) >= 3',
  `predicted.${first} > 0.5`,
  'redshift < 1',
  'survey = "DECaLS"',
  'cone(180, 10, 60 deg)',
]
const sorts = ['id', 'ra', first!, 'redshift', 'survey']

let path: string
let db: WritableDb
let voteSetKey: number
beforeEach(async () => {
  ;({ path, db, voteSetKey } = mixedProject(COUNT))
  await predict(
    db,
    'model-001',
    Array.from({ length: 200 }, (_, i) => i + 1),
  )
})

const shelf = () => join(path, 'search')
const files = () => readdirSync(shelf()).map((name) => join(shelf(), name))

async function answers(search: Search): Promise<unknown> {
  const keys = [
    ...(await Promise.all(filters.map((filter) => found(search, filter)))),
    ...(await Promise.all(sorts.map((sort) => found(search, '', sort)))),
  ]
  return { keys, columns: await search.columns() }
}

describe('the shelf', () => {
  test('answers as the catalogue does, for every kind of column', async () => {
    const expected = await answers(searchOf(path))
    await fillShelf(path)
    // What is put there when it is first asked for: columns of texts.
    const second = shelvedSearchOf(path)
    expect(await answers(second)).toEqual(expected)
    await second.settled()
    const count = files().length
    const third = shelvedSearchOf(path)
    expect(await answers(third)).toEqual(expected)
    await third.settled()
    expect(files()).toHaveLength(count)
  })

  test('is what is read, where it has what is asked for', async () => {
    await fillShelf(path)
    const expected = await found(searchOf(path), `${first} > 0.5`)
    expect(expected.length).toBeGreaterThan(0)
    // Numbers lie behind a header of text: all of them 0 says that nobody voted.
    for (const file of files()) {
      const bytes = readFileSync(file)
      const header = bytes.readUInt32LE(8)
      writeFileSync(file, bytes.fill(0, Math.ceil((12 + header) / 8) * 8))
    }
    expect(await found(shelvedSearchOf(path), `${first} > 0.5`)).toEqual([])
  })

  test('counts for nothing once something was imported or predicted anew', async () => {
    await fillShelf(path)
    importRows(db, mixedRows(50, voteSetKey, COUNT))
    expect(await answers(shelvedSearchOf(path))).toEqual(await answers(searchOf(path)))
    await fillShelf(path)
    await predict(
      db,
      'model-002',
      Array.from({ length: 350 }, (_, i) => i + 1),
      7,
    )
    expect(await answers(shelvedSearchOf(path))).toEqual(await answers(searchOf(path)))
  })

  test('of one catalogue says nothing of another one in its place, as a backup that is put back', async () => {
    await fillShelf(path)
    // Just as many galaxies, votes and imports, only later.
    db.prepare("UPDATE imports SET completed_at = '2031-01-01T00:00:00.000Z'").run()
    db.prepare('UPDATE all_galaxies SET ra_deg = 1, dec_deg = 1').run()
    expect(await found(shelvedSearchOf(path), 'cone(1, 1, 1 arcsec)')).toHaveLength(COUNT)
  })

  test.each([
    ['cut off', (file: string) => truncateSync(file, 40)],
    ['cut off before its last bytes', (file: string) => truncateSync(file, readFileSync(file).length - 8)],
    ['empty', (file: string) => writeFileSync(file, '')],
    ['of something else', (file: string) => writeFileSync(file, 'GDSHELF2 and then something else entirely')],
  ])('with a file that is %s is not believed', async (_, damage) => {
    const expected = await answers(searchOf(path))
    await fillShelf(path)
    for (const file of files()) damage(file)
    expect(await answers(shelvedSearchOf(path))).toEqual(expected)
  })

  test('that cannot be written is done without', async () => {
    const expected = await answers(searchOf(path))
    writeFileSync(shelf(), 'a file where the folder should be')
    const search = shelvedSearchOf(path)
    expect(await answers(search)).toEqual(expected)
    await search.settled()
    rmSync(shelf())
  })

  test('is not made for a small survey', async () => {
    const search = searchOf(path)
    await search.prepare()
    await answers(search)
    await search.settled()
    expect(existsSync(shelf())).toBe(false)
  })

  test('gives the arrays that are asked for as they were put', async () => {
    const own = createShelf(path)
    const arrays = { a: Float64Array.of(1.5, NaN, -0), b: Uint16Array.of(1, 65_535, 3), c: new Uint8Array(0), d: Int32Array.of(-7) }
    await own.write('some', 'stamp 1', { note: 'näh' }, arrays)
    expect(own.read('some', 'stamp 1', null)).toEqual({ facts: { note: 'näh' }, arrays: new Map(Object.entries(arrays)) })
    expect(own.read('some', 'stamp 1', ['d', 'b'])?.arrays).toEqual(new Map(Object.entries({ d: arrays.d, b: arrays.b })))
    expect(own.read('some', 'stamp 1', [])?.arrays.size).toBe(0)
    expect([own.read('some', 'stamp 2', null), own.read('other', 'stamp 1', null), own.read('some', 'stamp 1', ['z'])]).toEqual([
      null,
      null,
      null,
    ])
  })
})

test('an import of which one row is new is in the next answer', async () => {
  await fillShelf(path)
  const search = shelvedSearchOf(path)
  expect(await found(search, 'id = "late"')).toEqual([])
  importRows(db, [row('late', { raDeg: 10, decDeg: 20 })])
  expect(await found(search, 'cone(10, 20, 1 arcsec) and id = "late"')).toHaveLength(1)
})
