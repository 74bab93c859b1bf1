import type { ServerEvent } from '@shared/contract/events'

export type EventHub = { send: (event: ServerEvent) => void; listen: (listener: (event: ServerEvent) => void) => () => void }

/** Carries what happens to every open window. */
export function createEventHub(): EventHub {
  const listeners = new Set<(event: ServerEvent) => void>()
  return {
    send(event) {
      for (const listener of listeners) listener(event)
    },
    listen(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
