import { keyActions, type KeyAction } from './actions'

/** The keys of the actions that the user changed, by the action's id. */
export type KeyChanges = Readonly<Record<string, readonly string[]>>

/** The keys of an action as they are now. */
export function keysOf(action: KeyAction, changes: KeyChanges): readonly string[] {
  return changes[action.id] ?? action.keys
}

/** The action of a key where `scope` is on screen; null for none. */
export function actionOf(key: string, scope: KeyAction['scope'], changes: KeyChanges): KeyAction | null {
  return keyActions.find((action) => (action.scope === scope || action.scope === 'window') && keysOf(action, changes).includes(key)) ?? null
}

/** The other action that has one of these keys where both could be meant; null when they are free. */
export function conflictOf(id: string, keys: readonly string[], changes: KeyChanges): KeyAction | null {
  const own = keyActions.find((action) => action.id === id)
  if (!own) return null
  const canMeet = (other: KeyAction) => own.scope === other.scope || own.scope === 'window' || other.scope === 'window'
  return keyActions.find((other) => other.id !== id && canMeet(other) && keysOf(other, changes).some((key) => keys.includes(key))) ?? null
}
