import { AppError } from '@shared/science/errors'

/** The code of the AppError that `act` throws; another error, or none, fails the test by its text. */
export function codeOf(act: () => unknown): string {
  try {
    act()
  } catch (error) {
    return error instanceof AppError ? error.code : String(error)
  }
  return 'nothing thrown'
}
