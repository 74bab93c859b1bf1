import { z } from 'zod'
import { examplesSchema, neighboursSchema } from '@shared/contract/beside'
import {
  askSearchSchema,
  aroundSchema,
  rowsRequestSchema,
  searchAnswerSchema,
  searchColumnsSchema,
  searchRequestSchema,
  searchRowsSchema,
} from '@shared/contract/search'

/** What the thread is started with. */
export const searchThreadSchema = z.object({ projectPath: z.string() })

/** What it is asked. */
export const searchTaskSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('search'), request: askSearchSchema }),
  z.object({ kind: z.literal('rows'), resultId: z.string(), request: rowsRequestSchema }),
  z.object({ kind: z.literal('around'), resultId: z.string(), galaxyKey: z.number().int() }),
  z.object({ kind: z.literal('columns') }),
  z.object({ kind: z.literal('prepare') }),
  z.object({ kind: z.literal('check'), request: searchRequestSchema }),
  z.object({ kind: z.literal('examples'), annotator: z.string() }),
  z.object({ kind: z.literal('neighbours'), galaxyKey: z.number().int(), annotator: z.string() }),
])
export type SearchTask = z.infer<typeof searchTaskSchema>

/** What each question is answered with. */
export const searchTaskResultSchemas = {
  search: searchAnswerSchema,
  rows: searchRowsSchema,
  around: aroundSchema,
  columns: searchColumnsSchema,
  prepare: z.null(),
  check: z.object({ usesVotes: z.boolean() }),
  examples: examplesSchema,
  neighbours: neighboursSchema,
}
export type SearchTaskResult<K extends SearchTask['kind']> = z.infer<(typeof searchTaskResultSchemas)[K]>

/** To the thread: a question under a number, or that it is no longer needed. */
export const toSearchSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('ask'), number: z.number().int(), task: searchTaskSchema }),
  z.object({ kind: z.literal('close') }),
])
export type ToSearch = z.infer<typeof toSearchSchema>

/** From the thread, by the number of the question. `code` is null for an error that nobody foresaw; `at` is the place of a filter's fault. */
export const fromSearchSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('answer'), number: z.number().int(), result: z.unknown() }),
  z.object({
    kind: z.literal('failed'),
    number: z.number().int(),
    code: z.string().nullable(),
    message: z.string(),
    stack: z.string().optional(),
  }),
])
export type FromSearch = z.infer<typeof fromSearchSchema>
