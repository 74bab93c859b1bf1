import { z } from 'zod'
import { answerSchema, labelEventSchema, queueItemSchema, queueProgressSchema } from './records'

/** How a project is labelled; the same for all its annotators. */
const setting = {
  /** The share of each round that every annotator is asked about, blind to the others; the rest is done once one of them has answered. */
  doubleShare: z.number().min(0).max(1),
  /** The share of galaxies that come back to their annotator unannounced, or have known answers, to measure the annotator. */
  repeatShare: z.number().min(0).max(0.5),
  /** A pause is suggested after so many minutes of labelling; 0: never. */
  breakMinutes: z.number().min(0).max(600),
  /** When the model's guess may be seen. `before` makes labels lean towards the model. */
  hints: z.enum(['never', 'after', 'before']),
}
export const labellingSettingsSchema = z.object({
  doubleShare: setting.doubleShare.default(0),
  repeatShare: setting.repeatShare.default(0.05),
  breakMinutes: setting.breakMinutes.default(45),
  hints: setting.hints.default('never'),
})
export type LabellingSettings = z.infer<typeof labellingSettingsSchema>

/** `POST /api/labelling`: what is to change, one setting at least. What is left out stays as it is. */
export const labellingChangesSchema = z
  .object({
    doubleShare: setting.doubleShare.exactOptional(),
    repeatShare: setting.repeatShare.exactOptional(),
    breakMinutes: setting.breakMinutes.exactOptional(),
    hints: setting.hints.exactOptional(),
  })
  .refine((changes) => Object.keys(changes).length > 0, 'name what is to change')

/** An entry of the log as the history shows it. */
export const historyEntrySchema = labelEventSchema.extend({
  sequence: z.number().int(),
  id: z.string(),
  /** False for one that was undone. */
  stands: z.boolean(),
})
export type HistoryEntry = z.infer<typeof historyEntrySchema>

/** Entries newest first; `next` is the `before` of the page after, null at the end. */
export const historySchema = z.object({ entries: z.array(historyEntrySchema), next: z.number().int().nullable() })
export type History = z.infer<typeof historySchema>

/** The answer to whatever writes the log, after the commit: what was added, how its galaxies are now, how far the round is (null: none is open). */
export const writtenSchema = z.object({
  events: z.array(labelEventSchema),
  items: z.array(queueItemSchema),
  progress: queueProgressSchema.nullable(),
})
export type Written = z.infer<typeof writtenSchema>

/**
 * What is known of one galaxy. `votes` (of volunteers, by campaign, question and answer), `others` (what other annotators said) and `metadata` (the
 * columns of the table that were neither votes nor known names; some catalogues hold a class there) come only when they are asked for: whoever has
 * seen them no longer labels blind.
 */
export const galaxyContextSchema = z.object({
  galaxyKey: z.number().int(),
  id: z.string(),
  raDeg: z.number().nullable(),
  decDeg: z.number().nullable(),
  metadata: z.record(z.string(), z.string()).nullable(),
  views: z.array(
    z.object({
      view: z.number().int(),
      url: z.string(),
      pixelScaleArcsec: z.number().nullable(),
      widthPx: z.number().int(),
      heightPx: z.number().int(),
    }),
  ),
  votes: z.record(z.string(), z.record(z.string(), z.record(z.string(), z.number().int()))).nullable(),
  others: z
    .array(
      z.object({
        annotator: z.string(),
        answers: z.array(answerSchema),
        cannotTell: z.array(z.string()),
        notes: z.array(z.string()),
        isFlagged: z.boolean(),
      }),
    )
    .nullable(),
})
export type GalaxyContext = z.infer<typeof galaxyContextSchema>
