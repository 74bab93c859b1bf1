import type { SplitRequest } from '@shared/contract/requests'
import { runWork } from '@main/catalogue-thread/run'
import type { SplitOutcome } from './splits'

/** `splitSurvey` in a thread: this one stays free while a large survey is split. Throws `split/died` when the thread ended in the middle. */
export function runSplit(projectPath: string, request: SplitRequest): Promise<SplitOutcome> {
  return runWork({ kind: 'split', projectPath, request })
}
