import { z } from 'zod'

export { AppError, assertNever } from '../science/errors'

/** What the API answers instead of a result: `noun/reason` and a message that says what to do. */
export const errorBodySchema = z.object({ code: z.string(), message: z.string() })
export type ErrorBody = z.infer<typeof errorBodySchema>

/**
 * What went wrong while working, with nothing bad in what was asked: the command line exits 1 instead of 2, the API answers 500 instead of
 * 400. Codes not listed here are bad input, or not possible now.
 */
const failureCodes: ReadonlySet<string> = new Set([
  'acquisition/no-spread',
  'acquisition/not-finite',
  'bench/differs',
  'compute/died',
  'engine/build-failed',
  'engine/check-failed',
  'engine/device-lost',
  'engine/disk-full',
  'engine/download-refused',
  'engine/kernels-missing',
  'engine/out-of-memory',
  'engine/unusable',
  'export/failed',
  'features/damaged',
  'import/died',
  'job/unsaved',
  'predict/not-finite',
  'search/died',
  'settings/not-saved',
  'split/died',
  'training/not-finite',
  'training/stuck',
  'weights/not-finite',
])

export function isFailure(code: string): boolean {
  return failureCodes.has(code)
}
