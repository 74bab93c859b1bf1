import type { SearchRequest } from '@shared/contract/search'
import { checkFilter, columnsRead, readsLabels, usesVotes, type CheckedFilter } from '@shared/science/filter/check-filter'
import { parseColumn } from '@shared/science/filter/column'
import { columnsOf, conditionsOf, type Column } from '@shared/science/filter/filter-tree'
import { builtInColumn, findColumn } from '@shared/science/filter/find-column'
import { parseFilter, type ParsedFilter } from '@shared/science/filter/parse-filter'
import { isOfVotes, type KnownColumn, type Vocabulary } from '@shared/science/filter/vocabulary'
import type { Columns } from './columns'
import { stampOf } from './stamps'
import type { Standing } from './standing'

/** A search as it was asked for: read, but with no name looked up. */
export type AskedQuery = { readonly parsed: ParsedFilter; readonly sort: Column | null; readonly descending: boolean }

/** A search whose names were looked up. */
export type Query = { readonly filter: CheckedFilter; readonly sort: KnownColumn | null; readonly descending: boolean }

/** Throws `filter/syntax` and its like. */
export function readQuery({ filter, sort, descending }: SearchRequest): AskedQuery {
  return { parsed: parseFilter(filter), sort: sort === null ? null : parseColumn(sort), descending }
}

/** Looks every name up. Throws what `checkFilter` throws. */
export async function findQuery({ parsed, sort, descending }: AskedQuery, columns: Columns, standing: Standing): Promise<Query> {
  const asked = sort === null ? columnsOf(parsed.tree) : [...columnsOf(parsed.tree), sort]
  const vocabulary = await vocabularyFor(asked, columns, standing)
  return { filter: checkFilter(parsed, vocabulary), sort: sort === null ? null : findColumn(sort, vocabulary), descending }
}

/** Looks up columns that are to be shown. */
export async function findColumns(asked: readonly Column[], columns: Columns, standing: Standing): Promise<KnownColumn[]> {
  const vocabulary = await vocabularyFor(asked, columns, standing)
  return asked.map((column) => findColumn(column, vocabulary))
}

/**
 * What these columns are looked up in. Of the imported tables it holds the columns that are named, which are read for it; all of them only
 * where a name is none of theirs, for the message that says what there is.
 */
async function vocabularyFor(asked: readonly Column[], columns: Columns, standing: Standing): Promise<Vocabulary> {
  const { tree, models, rounds } = standing
  const names = asked.flatMap((column) => {
    if (column.kind === 'metadata') return [column.name]
    return column.kind === 'named' && builtInColumn(column.name, tree) === null ? [column.name] : []
  })
  const read = await columns.metadata([...new Set(names)], standing)
  const metadata = new Map(Array.from(read).flatMap(([name, column]) => (column === null ? [] : [[name, column.type] as const])))
  if (metadata.size < read.size)
    for (const [name, { type }] of await columns.metadataList(standing)) if (!metadata.has(name)) metadata.set(name, type)
  return { tree: tree.tree, models, rounds, metadata }
}

/** Whether the list tells what volunteers voted ([Note: Blind labels]). */
export function tellsVotes({ filter, sort }: Query): boolean {
  return usesVotes(filter) || (sort !== null && isOfVotes(sort))
}

/** Every column whose values the search needs. */
export function columnsNeeded({ filter, sort }: Query): KnownColumn[] {
  return sort === null ? columnsRead(filter) : [...columnsRead(filter), sort]
}

/** Whether the filter asks for a place on the sky. */
export function needsDirections({ filter }: Query): boolean {
  return conditionsOf(filter).some(({ kind }) => kind === 'cone')
}

/** What the search reads of the columns: changes when one of them is to be read again, or when another model or round is the newest. */
export function columnBasis({ parsed, sort }: AskedQuery, query: Query, standing: Standing): string {
  const named = sort === null ? columnsOf(parsed.tree) : [...columnsOf(parsed.tree), sort]
  const newest = [
    named.some((column) => column.kind === 'predicted' && column.model === null) ? standing.models.at(-1)?.id : null,
    named.some((column) => column.kind === 'score' && column.round === null) ? standing.rounds.at(-1) : null,
  ]
  return JSON.stringify([standing.rows.count, newest, columnsNeeded(query).map((column) => stampOf(column, standing))])
}

/** What the whole answer of the search depends on: the columns and, where it asks for them, labels and the sides of the split. */
export function answerBasis(asked: AskedQuery, query: Query, standing: Standing): string {
  const hasStates = conditionsOf(query.filter).some(({ kind }) => kind === 'state')
  const { labelSequence, sides } = standing
  return JSON.stringify([columnBasis(asked, query, standing), readsLabels(query.filter) && labelSequence, hasStates && sides])
}
