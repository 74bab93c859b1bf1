import { crc32 } from 'node:zlib'
import type { Around, AskSearch, RowsRequest, SearchAnswer, SearchColumns, SearchRequest, SearchRows } from '@shared/contract/search'
import { columnText, parseColumns } from '@shared/science/filter/column'
import { isOfVotes } from '@shared/science/filter/vocabulary'
import { projectFolder, type ReadableDb } from '@main/catalogue/database'
import { createExamples } from '@main/beside/examples'
import { createNeighbours } from '@main/beside/neighbours'
import { createOwnLabels } from '@main/beside/own-labels'
import type { Examples, Neighbours } from '@shared/contract/beside'
import { createColumns } from './columns'
import { describeColumns } from './describe-columns'
import { createFinder } from './finder'
import { createMemory } from './memory'
import { answerBasis, findColumns, findQuery, readQuery, tellsVotes } from './query'
import { createResults } from './results'
import { createShelf } from './shelf'
import { readRows, type ShownColumn } from './rows'
import { standingReader, type Standing } from './standing'

/** Columns in memory: at a million galaxies the votes of 37 answers (74 MB), a model's predictions (148 MB) and thirty columns made of them. */
const LIMIT_BYTES = 512 * 1024 * 1024

/** The search over one open catalogue. Every answer is as the catalogue stands: what other connections committed is in it. */
export type Search = {
  /** Throws FilterError. */
  search: (request: AskSearch) => Promise<SearchAnswer>
  /** Throws FilterError for columns that are not there, and `search/gone`. */
  rows: (resultId: string, request: RowsRequest) => Promise<SearchRows>
  /** Throws `search/gone`. */
  around: (resultId: string, galaxyKey: number) => Around
  columns: () => Promise<SearchColumns>
  /** Throws what `search` throws, and finds nothing. */
  check: (request: SearchRequest) => Promise<{ usesVotes: boolean }>
  /** Reads ahead what a first search would wait for ([Note: The shelf]). */
  prepare: () => Promise<void>
  /** When nothing is being written any more. */
  settled: () => Promise<void>
  /** The keys of the galaxies that a search finds, in its order. */
  keys: (request: SearchRequest) => Promise<Int32Array>
  /** What is shown beside the galaxy that this annotator labels: [Note: Examples], [Note: Similarity]. */
  examples: (annotator: string) => Promise<Examples>
  neighbours: (galaxyKey: number, annotator: string) => Promise<Neighbours>
}

/** `limitBytes`: of columns that are kept in memory; why they are, and what else, is in docs/decisions/0007-search.md. */
export function createSearch(db: ReadableDb, limitBytes = LIMIT_BYTES, shelf = createShelf(projectFolder(db))): Search {
  const standing = standingReader(db, shelf)
  const columns = createColumns(db, limitBytes, shelf)
  const memory = createMemory(db)
  const results = createResults()
  const find = createFinder(db, standing, columns, memory)
  const ownLabels = createOwnLabels(db)
  const labelsOf = (annotator: string, { tree, labelSequence }: Standing) => ownLabels(annotator, tree.tree, labelSequence)

  async function shown(text: string): Promise<{ shown: ShownColumn[]; usesVotes: boolean }> {
    const asked = parseColumns(text)
    const now = standing()
    const known = await findColumns(asked, columns, now)
    const values = await Promise.all(known.map((column) => (column.kind === 'id' ? null : columns.values(column, now))))
    return { shown: asked.map((column, i) => ({ name: columnText(column), values: values[i]! })), usesVotes: known.some(isOfVotes) }
  }

  async function rowsOf(resultId: string, { offset, limit, columns: names }: RowsRequest): Promise<SearchRows> {
    const page = await shown(names)
    const { rows, asked, query, basis } = results.find(resultId)
    const now = standing()
    return {
      offset,
      count: rows.length,
      rows: readRows(db, rows.subarray(offset, offset + limit), page.shown, now, memory),
      usesVotes: tellsVotes(query) || page.usesVotes,
      labelSequence: now.labelSequence,
      isCurrent: answerBasis(asked, query, now) === basis,
    }
  }

  return {
    examples: createExamples(db, standing, labelsOf, columns, memory),
    neighbours: createNeighbours(db, standing, labelsOf),

    async search({ firstPage, ...request }) {
      const startedAt = performance.now()
      const asked = readQuery(request)
      const { rows, query, standing: then } = await find(asked)
      const resultId = results.keep({ rows, asked, query, basis: answerBasis(asked, query, then) })
      const digest = crc32(Buffer.from(rows.buffer, rows.byteOffset, rows.byteLength))
      const milliseconds = performance.now() - startedAt
      const found = { resultId, count: rows.length, digest, usesVotes: tellsVotes(query), labelSequence: then.labelSequence, milliseconds }
      return firstPage === undefined ? found : { ...found, firstPage: await rowsOf(resultId, { offset: 0, ...firstPage }) }
    },

    rows: rowsOf,

    around(resultId, galaxyKey) {
      const { rows } = results.find(resultId)
      const { rows: galaxies } = standing()
      const row = galaxies.rowOf(galaxyKey)
      const place = row === -1 ? -1 : rows.indexOf(row)
      const keyAt = (at: number) => (rows[at] === undefined ? null : galaxies.keys[rows[at]]!)
      if (place === -1) return { place: null, previous: null, next: null, count: rows.length }
      return { place, previous: keyAt(place - 1), next: keyAt(place + 1), count: rows.length }
    },

    columns: () => describeColumns(columns, memory, standing()),

    async check(request) {
      return { usesVotes: tellsVotes(await findQuery(readQuery(request), columns, standing())) }
    },

    prepare: () => columns.prepare(standing()),
    settled: shelf.settled,

    async keys(request) {
      const { rows, standing: then } = await find(readQuery(request))
      return rows.map((row) => then.rows.keys[row]!)
    },
  }
}
