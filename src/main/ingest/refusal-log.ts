import { mkdirSync, rmSync, writeFileSync, appendFileSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Refusal } from './refusal'

/** How many refusals a report holds itself; the file beside it holds all. */
export const MOST_IN_REPORT = 1_000

/** Keeps the refusals of an import: the first in memory, all of them in a CSV file, which is made when there is one. */
export type RefusalLog = {
  readonly path: string
  readonly add: (refusals: readonly Refusal[]) => void
  readonly first: readonly Refusal[]
  readonly countByCode: ReadonlyMap<string, number>
  readonly total: () => number
  /** Removes the file, for an import that is taken back. */
  readonly discard: () => void
}

export function createRefusalLog(path: string): RefusalLog {
  const first: Refusal[] = []
  const countByCode = new Map<string, number>()
  let total = 0
  return {
    path,
    first,
    countByCode,
    total: () => total,
    add(refusals) {
      if (refusals.length === 0) return
      if (total === 0) {
        mkdirSync(dirname(path), { recursive: true })
        writeFileSync(path, csvLine(['row', 'id', 'code', 'message']))
      }
      total += refusals.length
      first.push(...refusals.slice(0, MOST_IN_REPORT - first.length))
      for (const { code } of refusals) countByCode.set(code, (countByCode.get(code) ?? 0) + 1)
      appendFileSync(path, refusals.map(({ row, id, code, message }) => csvLine([row, id, code, message])).join(''))
    },
    discard: () => rmSync(path, { force: true }),
  }
}

function csvLine(values: readonly (string | number | null)[]): string {
  return `${values.map((value) => `"${String(value ?? '').replaceAll('"', '""')}"`).join(',')}\r\n`
}
