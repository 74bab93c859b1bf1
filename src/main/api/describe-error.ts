import { SqliteError } from 'better-sqlite3'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { AppError } from '@shared/science/errors'
import { isFailure } from '@shared/contract/errors'

export type Described = { code: string; message: string; status: ContentfulStatusCode }

const ABSENT = /\/(unknown|gone)$|^catalogue\/missing$/
const NOT_NOW = /\/(exists|none|missing|not-empty|not-resumable|closed|running|conflict|already.*)$/

/** What the disk or another program does to the catalogue: nothing of the request was written, and it can be sent again. */
const STORAGE: Record<string, { code: string; message: string }> = {
  SQLITE_BUSY: {
    code: 'catalogue/busy',
    message: 'Another program is writing to this project and did not let go in time. End it, or wait; nothing is lost.',
  },
  SQLITE_FULL: {
    code: 'catalogue/disk-full',
    message: 'The disk of this project is full. Make room on it; nothing that was saved is lost.',
  },
  SQLITE_READONLY: {
    code: 'catalogue/read-only',
    message: 'The catalogue of this project cannot be written. Check the permissions of its folder and of catalogue.sqlite.',
  },
  SQLITE_IOERR: {
    code: 'catalogue/disk-error',
    message: 'The disk of this project does not answer as it should. Check that it is connected and whole; nothing that was saved is lost.',
  },
}

/** What can be sent again as it is, once the user has done something: 503 has the window keep it. */
const LATER = 'project/changed'

/** An error as the window is told it: what the user can act on with its own words, everything else as a fault of the program. */
export function describeError(error: Error): Described {
  if (error instanceof AppError) {
    const { code, message } = error
    const status = isFailure(code) ? 500 : code === LATER ? 503 : ABSENT.test(code) ? 404 : NOT_NOW.test(code) ? 409 : 400
    return { code, message, status }
  }
  const storage = error instanceof SqliteError ? STORAGE[error.code.split('_').slice(0, 2).join('_')] : undefined
  if (storage) return { ...storage, status: 503 }
  return { code: 'server/bug', message: `This is a fault of the program, not yours: ${error.message}`, status: 500 }
}
