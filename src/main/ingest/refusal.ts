import type { ImportReport } from '@shared/contract/requests'

/** Why a row did not go in. `row` counts the header as row 1; null for a file of a folder without a table. */
export type Refusal = ImportReport['refused'][number]

/** The reason alone, from those who do not know which row they look at. */
export type Fault = { readonly code: string; readonly message: string }

export function fault(code: string, message: string): Fault {
  return { code: `import/${code}`, message }
}

export function isFault(value: unknown): value is Fault {
  return typeof value === 'object' && value !== null && 'code' in value && 'message' in value
}
