import { z } from 'zod'
import { answerSchema } from './records'

/**
 * A galaxy that shows an answer: by the volunteers' votes of this survey, or because the annotator answered so. `fraction` of `votes`: what the
 * volunteers said, null where it is the annotator's answer.
 */
export const exampleSchema = z.object({
  galaxyKey: z.number().int(),
  id: z.string(),
  source: z.enum(['votes', 'own']),
  fraction: z.number().nullable(),
  votes: z.number().int().nullable(),
  isStarred: z.boolean(),
})
export type Example = z.infer<typeof exampleSchema>

/**
 * By answer (`question_answer`), the best first; one more than is shown, because the galaxy on screen is no example of itself. `minVotes`: how many
 * votes at the question a galaxy needed to be one; null where the project has no votes that may be seen.
 */
export const examplesSchema = z.object({ minVotes: z.number().int().nullable(), answers: z.record(z.string(), z.array(exampleSchema)) })
export type Examples = z.infer<typeof examplesSchema>

/** A galaxy that the annotator labelled. `similarity`: the cosine of the angle between its features and those of the galaxy on screen, -1..1. */
export const neighbourSchema = z.object({
  galaxyKey: z.number().int(),
  id: z.string(),
  similarity: z.number(),
  answers: z.array(answerSchema),
  cannotTell: z.array(z.string()),
})
export type Neighbour = z.infer<typeof neighbourSchema>

/** The most alike first; or why there are none. `no-features`: none of this image. */
export const neighboursSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('found'), modelId: z.string(), neighbours: z.array(neighbourSchema) }),
  z.object({
    kind: z.literal('none'),
    reason: z.enum(['no-model', 'not-predicted', 'no-features', 'no-labels']),
    modelId: z.string().nullable(),
  }),
])
export type Neighbours = z.infer<typeof neighboursSchema>
