/**
 * An error that the user can understand and act on. `code` is `noun/reason` (`import/bad-row`); `message` says what is wrong, names the
 * row, file or galaxy, and says what to do. Anything else that is thrown is a bug.
 */
export class AppError extends Error {
  constructor(
    readonly code: string,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options)
    this.name = 'AppError'
  }
}

/** Closes a switch over a union: a new member that is not handled no longer compiles. */
export function assertNever(value: never): never {
  throw new Error(`unexpected value ${JSON.stringify(value)}`)
}
