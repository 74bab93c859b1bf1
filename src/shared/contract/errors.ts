import { z } from 'zod'

export { AppError, assertNever } from '../science/errors'

/** What the API answers instead of a result: `noun/reason` and a message that says what to do. */
export const errorBodySchema = z.object({ code: z.string(), message: z.string() })
export type ErrorBody = z.infer<typeof errorBodySchema>
