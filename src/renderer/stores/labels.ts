import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'
import { labelRequestSchema, type LabelRequest, type UndoRequest } from '@shared/contract/requests'
import type { Written } from '@shared/contract/labelling'
import type { LabelEvent } from '@shared/contract/records'
import { api } from '../api'
import { waitingForTries } from '../tries'
import { workLine } from '../work-line'
import { describeError, type VisibleError } from '../visible-error'

/** What is being written. `undo` takes back the latest entry, whichever that is; `redo` brings back what was undone last. */
export type LabelWrite = { kind: 'label'; request: LabelRequest } | { kind: 'undo' | 'redo'; request: UndoRequest }

/**
 * [Note: Saved means committed] The window shows an entry as saved only after the server answered, which it does after the commit. One entry
 * is written at a time. One that failed stays, with its UUID, until it is written or the user throws it away; the UUID makes sending it
 * twice harmless.
 */
export type Saving = { kind: 'idle' } | { kind: 'sending'; write: LabelWrite } | { kind: 'failed'; write: LabelWrite; error: VisibleError }

const idle: Saving = { kind: 'idle' }
const unsavedKey = 'galaxy-desk.unsaved'
/** Whoever waits no longer than this for an entry sees only that it is saved: nothing flickers, and nothing is drawn that takes the time of what comes next. */
const UNNOTICED_MS = 100
const sendWrite = (project: string, write: LabelWrite): Promise<Written> =>
  write.kind === 'label' ? api.label(project, write.request) : api[write.kind](project, write.request)

export const useLabelsStore = defineStore('labels', () => {
  const saving = shallowRef<Saving>(idle)
  /** The latest entry that the server has committed since the window opened. */
  const lastSaved = shallowRef<LabelEvent | null>(null)
  /** How many it has. */
  const savedCount = ref(0)
  /** Whether that was a redo: in the log it is an undo of an undo. */
  const isBroughtBack = ref(false)
  /** Whether the entry that is being written has been for longer than anybody would call at once. */
  const isSlow = ref(false)
  const project = ref('')
  const waiting = waitingForTries()
  /** All that writes entries or moves between galaxies, of whichever view: a key waits for what the keys before it do. */
  const inLine = workLine()

  const isIdle = computed(() => saving.value.kind === 'idle')
  /** What there is to see of it. */
  const shownSaving = computed<Saving>(() => (saving.value.kind === 'sending' && !isSlow.value ? idle : saving.value))
  const hasFailed = computed(() => saving.value.kind === 'failed')

  function keepUnsaved(owner: string, write: LabelWrite): void {
    if (write.kind !== 'label') localStorage.removeItem(unsavedKey)
    else localStorage.setItem(unsavedKey, JSON.stringify({ project: owner, request: write.request }))
  }

  /**
   * Writes one entry, trying until it is committed; null when the user threw it away. `take` hears of it before anything is drawn: the tick and what it
   * leads to are one change of the window.
   */
  async function write(entry: LabelWrite, take?: (written: Written) => void): Promise<Written | null> {
    if (!isIdle.value) throw new Error('an entry is still being written')
    const noticed = setTimeout(() => (isSlow.value = true), UNNOTICED_MS)
    // Another project may be opened while this entry waits.
    const owner = project.value
    keepUnsaved(owner, entry)
    let result: Written | null = null
    for (let tries = 0; result === null; tries++) {
      saving.value = { kind: 'sending', write: entry }
      try {
        result = await sendWrite(owner, entry)
      } catch (error) {
        saving.value = { kind: 'failed', write: entry, error: describeError(error) }
        if ((await waiting.next(tries)) === 'discard') break
      }
    }
    clearTimeout(noticed)
    isSlow.value = false
    localStorage.removeItem(unsavedKey)
    saving.value = idle
    if (result?.events[0]) {
      isBroughtBack.value = entry.kind === 'redo'
      lastSaved.value = result.events[0]
      savedCount.value += result.events.length
    }
    if (result !== null) take?.(result)
    return result
  }

  /** Writes the entry that an earlier window of this project was closed on. Null when there is none. */
  async function recover(projectPath: string): Promise<Written | null> {
    project.value = projectPath
    const text = localStorage.getItem(unsavedKey)
    if (text === null || !isIdle.value) return null
    const kept = JSON.parse(text) as { project: unknown; request: unknown }
    if (kept.project !== projectPath) return null
    return write({ kind: 'label', request: labelRequestSchema.parse(kept.request) })
  }

  /** Whether this window has just written the entry, or is writing it. */
  const isOwn = (uuid: string): boolean =>
    lastSaved.value?.uuid === uuid || (saving.value.kind === 'sending' && saving.value.write.request.uuid === uuid)

  return {
    saving,
    shownSaving,
    hasFailed,
    lastSaved,
    savedCount,
    isBroughtBack,
    isIdle,
    isOwn,
    inLine,
    write,
    recover,
    retry: waiting.retry,
    discard: waiting.discard,
  }
})
