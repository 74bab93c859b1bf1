/** @file One folder for all temporary files of a run: it goes when the run ends, also with what processes that were killed in a test left. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Called by vitest before the first test of a run; what it returns is called after the last one. */
export default function temporaryFolder(): () => void {
  const before = process.env.TMPDIR
  const tmpdirBefore = tmpdir()
  const folder = mkdtempSync(join(tmpdirBefore, 'galaxy-desk-tests-'))
  process.env.TMPDIR = folder
  // What is kept for whoever looks into a failure.
  process.env.GALAXY_DESK_TEST_PICTURES ??= tmpdirBefore
  return () => {
    if (before === undefined) delete process.env.TMPDIR
    else process.env.TMPDIR = before
    rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 })
  }
}
