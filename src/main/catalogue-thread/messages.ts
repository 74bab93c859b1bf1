import { z } from 'zod'
import { importParamsSchema, jobProgressSchema } from '@shared/contract/job'
import { importReportSchema, splitRequestSchema } from '@shared/contract/requests'
import { splitOutcomeSchema } from '@main/catalogue/splits'

/** What the thread is started with: a piece of work on one project that takes seconds or minutes. */
export const catalogueWorkSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('import'), projectPath: z.string(), params: importParamsSchema, jobId: z.string().optional() }),
  z.object({ kind: z.literal('split'), projectPath: z.string(), request: splitRequestSchema }),
])
export type CatalogueWork = z.infer<typeof catalogueWorkSchema>

/** What each kind of work comes to. */
export const workResultSchemas = { import: importReportSchema, split: splitOutcomeSchema }
export type WorkResult<K extends CatalogueWork['kind']> = z.infer<(typeof workResultSchemas)[K]>

/** The one thing it is told. */
export const CANCEL = 'cancel'

/** What it says: how far it is, and at the end one of the other two. `code` is null for an error that nobody foresaw. */
export const fromThreadSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('progress'), progress: jobProgressSchema }),
  z.object({ kind: z.literal('done'), result: z.unknown() }),
  z.object({ kind: z.literal('failed'), code: z.string().nullable(), message: z.string(), stack: z.string().optional() }),
])
export type FromThread = z.infer<typeof fromThreadSchema>
