import type { Context } from 'hono'
import type { z } from 'zod'
import { AppError } from '@shared/science/errors'

/** Checks what a request brought. Throws `request/invalid`, which names each field that is wrong. */
export function checked<T extends z.ZodType>(schema: T, input: unknown): z.output<T> {
  const parsed = schema.safeParse(input)
  if (parsed.success) return parsed.data
  const where = parsed.error.issues.map((issue) => `${issue.path.join('.') || 'request'}: ${issue.message}`).join('; ')
  throw new AppError('request/invalid', `The request is not valid: ${where}.`, { cause: parsed.error })
}

/** The JSON body of a request, checked. Throws `request/invalid`. */
export async function checkedBody<T extends z.ZodType>(c: Context, schema: T): Promise<z.output<T>> {
  const body: unknown = await c.req.json().catch((error: Error) => {
    throw new AppError('request/invalid', `The request is not JSON: ${error.message}`, { cause: error })
  })
  return checked(schema, body)
}
