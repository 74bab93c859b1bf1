import { keyActions } from '../keys/actions'
import { keysOf } from '../keys/bindings'
import { shownKey } from '../keys/key-name'
import { useSettingsStore } from '../stores/settings'

/** The first key of an action as it is shown on its button; empty when it has none. Follows the user's changes. */
export function useKeyHints(): (id: string) => string {
  const settings = useSettingsStore()
  return (id) => {
    const action = keyActions.find((known) => known.id === id)
    const first = action && keysOf(action, settings.keys)[0]
    return first === undefined ? '' : shownKey(first)
  }
}
