import type { ImportParams } from '@shared/contract/job'
import type { ImportReport } from '@shared/contract/requests'
import { runWork, runWorkIn } from '@main/catalogue-thread/run'
import type { ImportOptions } from './import'

/**
 * Imports into the project at `projectPath` and leaves this thread free for labels. Throws what `importSurvey` throws, `job/cancelled` after
 * `signal` and `import/died` when the thread ended in the middle; nothing of the import is visible then.
 */
export function runImport(projectPath: string, params: ImportParams, options: ImportOptions = {}): Promise<ImportReport> {
  return runWork({ kind: 'import', projectPath, params, jobId: options.jobId }, options)
}

/** As `runImport`, in a thread that starts at the built file `entry`. */
export function runImportIn(
  entry: string,
  init: { projectPath: string; params: ImportParams },
  options: ImportOptions = {},
): Promise<ImportReport> {
  return runWorkIn(entry, { kind: 'import', ...init }, options)
}
