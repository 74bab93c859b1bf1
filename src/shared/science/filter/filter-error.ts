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
