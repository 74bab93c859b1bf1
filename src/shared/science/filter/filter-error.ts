import { AppError } from '../errors'

/** A fault of a filter. `at` is the place in its text, counted from 0, where known: the window marks it. */
export class FilterError extends AppError {
  constructor(
    code: string,
    message: string,
    readonly at: number | null,
  ) {
    super(code, at === null ? message : `${message} (At character ${at + 1}.)`)
    this.name = 'FilterError'
  }
}

/** Where the fault lies, counted from 0, read from the message of a FilterError that came through a request; null when it says no place. */
export function placeOfFault(message: string): number | null {
  const found = /\(At character (\d+)\.\)$/.exec(message)
  return found === null ? null : Number(found[1]) - 1
}
