import { AppError } from '@shared/science/errors'

/** An error as it is shown: the code is empty for a bug, which has a message only. */
export type VisibleError = { code: string; message: string }

export function describeError(error: unknown): VisibleError {
  if (error instanceof AppError) return { code: error.code, message: error.message }
  const detail = error instanceof Error ? error.message : String(error)
  return { code: '', message: `Something went wrong inside Galaxy Desk: ${detail}` }
}
