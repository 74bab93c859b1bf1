import { z } from 'zod'
import { engineChoiceSchema, engineReportSchema, engineSettingSchema } from './engine'
import { errorBodySchema } from './errors'
import { jobSchema } from './job'
import { annotatorSchema, labelEventSchema, projectSummarySchema } from './records'

/** The project that should have been opened at the start, and why it was not. */
export const startFailureSchema = errorBodySchema.extend({ path: z.string() })
export type StartFailure = z.infer<typeof startFailureSchema>

/** [Note: The routes] docs/architecture.md lists every route with the schema of its request and response. */
export const statusSchema = z.object({
  version: z.string(),
  /** Null until the compute process has answered, and while `engineSetting.failure` says why it cannot. */
  engine: engineReportSchema.nullable(),
  engineSetting: engineSettingSchema,
  project: projectSummarySchema.nullable(),
  /** Until a project is opened by hand. */
  startFailure: startFailureSchema.nullable(),
  jobs: z.array(jobSchema),
})
export type Status = z.infer<typeof statusSchema>

export const chooseEngineSchema = z.object({ choice: engineChoiceSchema })

export const createProjectSchema = z.object({ path: z.string().min(1), tree: z.string().min(1) })
export const openProjectSchema = z.object({ path: z.string().min(1) })
/** A share below 1, or a count. */
const shareOrCount = z
  .number()
  .nonnegative()
  .refine((value) => value < 1 || Number.isInteger(value), 'it must be a share below 1, or a whole number of galaxies')
export const splitRequestSchema = z.object({
  test: shareOrCount,
  /** Left out: a quarter where votes are recorded, else as many galaxies as a person labels in one sitting. */
  initial: z.union([z.literal('all'), shareOrCount]).optional(),
  seed: z.number().int().nonnegative().default(1),
})
export type SplitRequest = z.infer<typeof splitRequestSchema>

/**
 * The folder of the project that a request is for, percent-encoded. Galaxies of two projects have the same keys, and another window may open
 * another project before a request is answered: see [Note: Of this project].
 */
export const PROJECT_HEADER = 'galaxy-desk-project'

/** What the window sends for one action; the server adds sequence, device, tree version, round and time. The UUID makes a retry harmless. */
export const labelRequestSchema = labelEventSchema
  .pick({ uuid: true, galaxyKey: true, kind: true, question: true, answer: true, note: true, undoes: true, durationMs: true })
  .partial({ question: true, answer: true, note: true, undoes: true, durationMs: true })
  .extend({
    annotator: annotatorSchema,
    /** As the item on screen has it; without one, the annotator's first say on the galaxy. */
    turn: z.string().optional(),
  })
export type LabelRequest = z.infer<typeof labelRequestSchema>

export const MOST_IN_BATCH = 500
/** Many galaxies at once, all or none; one undo takes them all back. `batch` makes a retry harmless as `uuid` does. */
export const batchRequestSchema = z.object({
  batch: z.uuid(),
  annotator: annotatorSchema,
  entries: z
    .array(labelRequestSchema.omit({ annotator: true, undoes: true }))
    .min(1)
    .max(MOST_IN_BATCH),
})
export type BatchRequest = z.infer<typeof batchRequestSchema>

/** `POST /api/queue/items`: galaxies of the survey, as the queue would show them, in this order. */
export const MOST_ITEMS = 200
export const itemsRequestSchema = z.object({
  annotator: annotatorSchema,
  galaxyKeys: z.array(z.number().int().positive()).max(MOST_ITEMS),
})

/**
 * `POST /api/labels/undo` and `/redo`: `uuid` is of the entry to be made, so that a retry is harmless. `kind`: only entries of this kind are
 * looked at, as in the Agreement view, which takes back what was agreed on and leaves labels alone.
 */
export const undoRequestSchema = z.object({ uuid: z.uuid(), annotator: annotatorSchema, kind: z.literal('resolve').optional() })
export type UndoRequest = z.infer<typeof undoRequestSchema>

export const folderListingSchema = z.object({
  path: z.string(),
  parent: z.string().nullable(),
  entries: z.array(z.object({ name: z.string(), path: z.string(), kind: z.enum(['folder', 'file', 'project']) })),
})
export type FolderListing = z.infer<typeof folderListingSchema>

/** What an import did: how many galaxies, and each row that was refused, by its number in the table (the header is row 1). */
export const importReportSchema = z.object({
  imported: z.number().int(),
  refused: z.array(z.object({ row: z.number().int().nullable(), id: z.string().nullable(), code: z.string(), message: z.string() })),
  refusedCount: z.number().int(),
  /** What the columns were taken for, one line per finding. */
  notes: z.array(z.string()),
})
export type ImportReport = z.infer<typeof importReportSchema>
