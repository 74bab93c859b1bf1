import { defineStore } from 'pinia'
import { shallowRef } from 'vue'
import type { Hint, Hints } from '@shared/contract/hints'
import { api } from '../api'

/** The galaxy on screen and the one before it. */
const KEPT = 2

/** A galaxy in one of its turns: see the note on turns in the catalogue. */
export type Look = { galaxyKey: number; turn: string }

/**
 * What the model predicts of the galaxies on screen, as far as the server gives it: it alone decides what may be seen ([Note: Hints]). Asking for it is
 * written down as having seen it, so nothing is asked for ahead.
 */
export const useHintsStore = defineStore('hints', () => {
  const known = shallowRef<ReadonlyMap<string, Hints>>(new Map())
  /** By turn, the newest request that is on its way. */
  const asked = new Map<string, symbol>()

  /** The look is at a galaxy of this project. */
  async function load(project: string, { galaxyKey, turn }: Look, annotator: string): Promise<void> {
    const request = Symbol(turn)
    asked.set(turn, request)
    const hints = await api.hints(project, { galaxyKey, turn, annotator })
    if (asked.get(turn) !== request) return
    asked.delete(turn)
    const others = [...known.value].filter(([each]) => each !== turn)
    known.value = new Map([...others, [turn, hints] as const].slice(-KEPT))
  }

  const of = (turn: string): Hints | null => known.value.get(turn) ?? null
  const hintOf = (turn: string, question: string): Hint | null => of(turn)?.questions.find((hint) => hint.question === question) ?? null

  function clear(): void {
    asked.clear()
    known.value = new Map()
  }

  return { known, load, of, hintOf, clear }
})
