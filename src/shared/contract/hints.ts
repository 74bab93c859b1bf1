import { z } from 'zod'
import { networkNameSchema } from './job'
import { labellingSettingsSchema } from './labelling'
import { annotatorSchema } from './records'

/** `POST /api/hints`. A POST, because what is shown is written down: see [Note: Hints]. `turn` as the item on screen has it. */
export const hintRequestSchema = z.object({
  galaxyKey: z.number().int().positive(),
  annotator: annotatorSchema,
  turn: z.string().optional(),
})
export type HintRequest = z.infer<typeof hintRequestSchema>

/**
 * What the latest model predicts for one question of a galaxy: the mean vote fraction (0..1) by answer. `guess`: the answer with the highest one,
 * the first of equals; null where the model says too little of the question.
 */
export const hintSchema = z.object({ question: z.string(), fractions: z.record(z.string(), z.number()), guess: z.string().nullable() })
export type Hint = z.infer<typeof hintSchema>

/**
 * What an annotator may see of the model's prediction of a galaxy now. `model`: the latest one, null where there is none, or hints are off.
 * `isPredicted`: whether that model has predicted this galaxy. `questions`: those that may be shown now, in the tree's order.
 */
export const hintsSchema = z.object({
  setting: labellingSettingsSchema.shape.hints.unwrap(),
  model: z.object({ id: z.string(), round: z.number().int(), network: networkNameSchema }).nullable(),
  isPredicted: z.boolean(),
  questions: z.array(hintSchema),
})
export type Hints = z.infer<typeof hintsSchema>
