import { z } from 'zod'
import { importParamsSchema, jobProgressSchema } from '@shared/contract/job'
import { importReportSchema } from '@shared/contract/requests'

/** What the import's thread is started with. */
export const importInitSchema = z.object({ projectPath: z.string(), params: importParamsSchema })
export type ImportInit = z.infer<typeof importInitSchema>

/** The one thing it is told. */
export const CANCEL = 'cancel'

/** What it says: how far it is, and at the end one of the other two. `code` is null for an error that nobody foresaw. */
export const fromImportSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('progress'), progress: jobProgressSchema }),
  z.object({ kind: z.literal('done'), report: importReportSchema }),
  z.object({ kind: z.literal('failed'), code: z.string().nullable(), message: z.string(), stack: z.string().optional() }),
])
export type FromImport = z.infer<typeof fromImportSchema>
