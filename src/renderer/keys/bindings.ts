import { keyActions } from './actions'
import type { KeyAction, KeyScope } from './key-action'

/** The keys of the actions that the user changed, by the action's id. */
export type KeyChanges = Readonly<Record<string, readonly string[]>>

/** A key that was pressed for an action. `how`: a move takes along what it passes, or leaves what was taken as it is; all else is plain. */
export type KeyPress = { readonly key: string; readonly how: 'plain' | 'extend' | 'keep' }

/** The keys of an action as they are now. */
export function keysOf(action: KeyAction, changes: KeyChanges): readonly string[] {
  return changes[action.id] ?? action.keys
}

const hows = [
  ['plain', ''],
  ['extend', 'Shift+'],
  ['keep', 'Ctrl+'],
] as const

/** Its keys with all that they are pressed with. */
function allKeysOf(action: KeyAction, keys: readonly string[]): readonly string[] {
  return action.moves ? hows.flatMap(([, modifier]) => keys.map((key) => modifier + key)) : keys
}

/** The action of a key where `scope` is on screen, and how it was pressed; null for none. */
export function actionOf(key: string, scope: KeyScope, changes: KeyChanges): { action: KeyAction; press: KeyPress } | null {
  const present = keyActions.filter((action) => action.scope === scope || action.scope === 'window')
  for (const [how, modifier] of hows) {
    const action = present.find((each) => (how === 'plain' || each.moves) && keysOf(each, changes).some((own) => modifier + own === key))
    if (action) return { action, press: { key, how } }
  }
  return null
}

/** The other action that has one of these keys where both could be meant; null when they are free. */
export function conflictOf(id: string, keys: readonly string[], changes: KeyChanges): KeyAction | null {
  const own = keyActions.find((action) => action.id === id)
  if (!own) return null
  const wanted = new Set(allKeysOf(own, keys))
  const canMeet = (other: KeyAction) => own.scope === other.scope || own.scope === 'window' || other.scope === 'window'
  return (
    keyActions.find(
      (other) => other.id !== id && canMeet(other) && allKeysOf(other, keysOf(other, changes)).some((key) => wanted.has(key)),
    ) ?? null
  )
}

/**
 * Changes that an earlier version kept, made to fit the actions of this one: what it does not know is left out, and an action whose first keys the
 * user has given to another keeps those that are left.
 */
export function settledChanges(kept: KeyChanges): KeyChanges {
  const changes: Record<string, readonly string[]> = Object.fromEntries(
    Object.entries(kept).filter(([id]) => keyActions.some((action) => action.id === id)),
  )
  for (const action of keyActions) {
    if (kept[action.id] || conflictOf(action.id, action.keys, changes) === null) continue
    changes[action.id] = action.keys.filter((key) => conflictOf(action.id, [key], changes) === null)
  }
  return changes
}

/** Keys that the browser or the system takes before any page sees them. */
const RESERVED = new Set(
  ['N', 'T', 'W', 'Shift+N', 'Shift+T', 'Shift+W', 'Tab', 'Shift+Tab', 'PageUp', 'PageDown'].map((key) => `Ctrl+${key}`),
)
export const isReserved = (key: string): boolean => RESERVED.has(key) || key === 'Alt+F4' || key === 'Alt+Tab'
