import { readonly, ref, shallowRef } from 'vue'
import { latestRun } from '../latest'
import { describeError, type VisibleError } from '../visible-error'

/**
 * Runs something and keeps what went wrong to be shown. This is the one place of the window where errors are caught; `run` never rejects,
 * and gives undefined where the work failed or was not begun. `overlap` says what happens to a second run: `refuse` for what the user asks
 * for (a double click does it once), `newest` for loading (the newest run alone decides what is shown).
 */
export function useAction<A extends unknown[], R>(action: (...args: A) => Promise<R>, overlap: 'refuse' | 'newest' = 'refuse') {
  const isRunning = ref(false)
  const error = shallowRef<VisibleError | null>(null)
  const runs = latestRun()

  async function run(...args: A): Promise<R | undefined> {
    if (isRunning.value && overlap === 'refuse') return undefined
    const isLatest = runs.begin()
    isRunning.value = true
    error.value = null
    try {
      return await action(...args)
    } catch (thrown) {
      if (isLatest()) error.value = describeError(thrown)
      return undefined
    } finally {
      if (isLatest()) isRunning.value = false
    }
  }

  return { run, isRunning: readonly(isRunning), error }
}
