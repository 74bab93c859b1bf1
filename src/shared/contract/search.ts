import { z } from 'zod'
import { states } from '../science/filter/filter-tree'

/** A filter ([Note: The filter language]), and the column that sorts (`ra`, `votes(bar)` …); null: in the order of the keys. */
export const searchRequestSchema = z.object({
  filter: z.string().default(''),
  sort: z.string().nullable().default(null),
  descending: z.boolean().default(false),
})
export type SearchRequest = z.infer<typeof searchRequestSchema>

export const MOST_ROWS = 1_000
/** `columns` between commas, as in a filter. */
export const rowsRequestSchema = z.object({
  offset: z.coerce.number().int().nonnegative().default(0),
  limit: z.coerce.number().int().positive().max(MOST_ROWS).default(100),
  columns: z.string().default(''),
})
export type RowsRequest = z.infer<typeof rowsRequestSchema>

/** A galaxy of a result as it is now. `values` by the columns' names as asked for, null where unknown. */
export const searchRowSchema = z.object({
  galaxyKey: z.number().int(),
  id: z.string(),
  raDeg: z.number().nullable(),
  decDeg: z.number().nullable(),
  imageUrl: z.string().nullable(),
  states: z.array(z.enum(states)),
  values: z.record(z.string(), z.union([z.number(), z.string(), z.null()])),
})
export type SearchRow = z.infer<typeof searchRowSchema>

/**
 * A page of a result. The list itself stays as it was found; `isCurrent` is false once labels, rounds, predictions or imports that it depends on
 * have changed: search again for a new one. `usesVotes` of the list or of the columns on this page.
 */
export const searchRowsSchema = z.object({
  offset: z.number().int(),
  count: z.number().int(),
  rows: z.array(searchRowSchema),
  usesVotes: z.boolean(),
  labelSequence: z.number().int(),
  isCurrent: z.boolean(),
})
export type SearchRows = z.infer<typeof searchRowsSchema>

/** A search whose first rows come with its answer: what is looked at first needs no second request. */
export const askSearchSchema = searchRequestSchema.extend({ firstPage: rowsRequestSchema.omit({ offset: true }).optional() })
export type AskSearch = z.infer<typeof askSearchSchema>

/**
 * What was found, as it stood at `labelSequence` of the label log; the rows are kept under `resultId`. `usesVotes`: the filter or the sorting looks at
 * recorded votes, so labelling from this list is not blind to them. `digest` is the same for the same galaxies in the same order, so that a search made
 * anew can tell whether its places are those of before. `milliseconds` includes reading from the catalogue what was not in memory.
 */
export const searchAnswerSchema = z.object({
  resultId: z.string(),
  count: z.number().int(),
  digest: z.number().int(),
  usesVotes: z.boolean(),
  labelSequence: z.number().int(),
  milliseconds: z.number(),
  firstPage: searchRowsSchema.optional(),
})
export type SearchAnswer = z.infer<typeof searchAnswerSchema>

export const aroundRequestSchema = z.object({ galaxyKey: z.coerce.number().int() })
/** Where a galaxy stands in a result, from 0, and its neighbours' keys; all null when it is not in it. */
export const aroundSchema = z.object({
  place: z.number().int().nullable(),
  previous: z.number().int().nullable(),
  next: z.number().int().nullable(),
  count: z.number().int(),
})
export type Around = z.infer<typeof aroundSchema>

/** A column as filters name it. `low` and `high`: the smallest and the largest number in it; null for texts, or where nothing is known. */
export const columnInfoSchema = z.object({
  name: z.string(),
  kind: z.enum(['number', 'text']),
  group: z.enum(['galaxy', 'fraction', 'votes', 'prediction', 'score', 'metadata']),
  usesVotes: z.boolean(),
  low: z.number().nullable(),
  high: z.number().nullable(),
})
export type ColumnInfo = z.infer<typeof columnInfoSchema>

/** What a filter can be made of in this project. `predicted` and `score` are of the newest model and round; others are named with @. */
export const searchColumnsSchema = z.object({
  columns: z.array(columnInfoSchema),
  states: z.array(z.enum(states)),
  questions: z.array(z.object({ name: z.string(), answers: z.array(z.string()) })),
  models: z.array(z.string()),
  rounds: z.array(z.number().int()),
  annotators: z.array(z.string()),
})
export type SearchColumns = z.infer<typeof searchColumnsSchema>

/** A search that is kept by name. Sent with `replace`, it takes the place of one of the same name. */
export const saveSearchSchema = searchRequestSchema.extend({ name: z.string().trim().min(1).max(100), replace: z.boolean().default(false) })
export type SaveSearch = z.infer<typeof saveSearchSchema>

export const savedSearchSchema = z.object({
  name: z.string(),
  filter: z.string(),
  sort: z.string().nullable(),
  descending: z.boolean(),
  createdAt: z.iso.datetime(),
})
export type SavedSearch = z.infer<typeof savedSearchSchema>
