import { watch } from 'vue'
import { useLabelsStore } from '../stores/labels'
import { useAction } from './useAction'

const UNSAVED_FIRST = 'First the entry that is not saved has to be saved, or be discarded.'
const AFTER_UNSAVED = 'What was typed after the entry that could not be saved at once was left out.'
const TOO_EARLY = 'A key was pressed before this galaxy was on screen, and was left out.'

/**
 * What keys ask for faster than it is done waits for its turn. `shown` tells which galaxy is on screen; what is left out, and why, is told to `say`.
 */
export function useTurns(shown: () => string | number | undefined, say: (notice: string) => void) {
  const labels = useLabelsStore()
  /** How often an entry could not be saved at once, or not at all. */
  let failures = 0
  const doing = useAction(labels.inLine, 'newest')
  watch(
    () => labels.hasFailed || labels.saving.kind === 'refused',
    (isSo) => isSo && failures++,
    { flush: 'sync' },
  )

  /** Does what a key asks for once all that was asked for before is done; what was meant for a galaxy, `ofGalaxy`, only while that is on screen. */
  async function inTurn<T>(work: () => Promise<T> | T, ofGalaxy = false): Promise<T | undefined> {
    const galaxy = shown()
    const before = failures
    if (labels.hasFailed) say(UNSAVED_FIRST)
    else
      return doing.run(() => {
        if (failures !== before) say(AFTER_UNSAVED)
        else if (ofGalaxy && galaxy !== shown()) say(TOO_EARLY)
        else return work()
        return undefined
      }) as Promise<T | undefined>
    return undefined
  }

  return { inTurn, error: doing.error }
}
