import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'
import { labelRequestSchema, type LabelRequest, type UndoRequest } from '@shared/contract/requests'
import type { Written } from '@shared/contract/labelling'
import type { LabelEvent } from '@shared/contract/records'
import { api, isRefusal } from '../api'
import { waitingForTries } from '../tries'
import { unsavedOf } from '../unsaved'
import { workLine } from '../work-line'
import { describeError, type VisibleError } from '../visible-error'

/** What is being written. `undo` takes back the latest entry, whichever that is; `redo` brings back what was undone last. */
export type LabelWrite = { kind: 'label'; request: LabelRequest } | { kind: 'undo' | 'redo'; request: UndoRequest }

/**
 * [Note: Saved means committed] The window shows an entry as saved only after the server answered, which it does after the commit. One entry
 * is written at a time. One that failed stays, with its UUID, until it is written or the user throws it away; the UUID makes sending it
 * twice harmless. One that the server will not have, because the log says something else meanwhile, is `refused`: nothing was written, and
 * nothing waits.
 */
export type Saving =
  | { kind: 'idle' }
  | { kind: 'sending'; write: LabelWrite }
  /** `isTrying`: it is on its way once more. */
  | { kind: 'failed'; write: LabelWrite; error: VisibleError; isTrying: boolean }
  | { kind: 'refused'; write: LabelWrite; error: VisibleError }

const idle: Saving = { kind: 'idle' }
const unsaved = unsavedOf('label', labelRequestSchema)
/** Whoever waits no longer than this for an entry sees only that it is saved: nothing flickers, and nothing is drawn that takes the time of what comes next. */
const UNNOTICED_MS = 100
const sendWrite = (project: string, write: LabelWrite): Promise<Written> =>
  write.kind === 'label' ? api.label(project, write.request) : api[write.kind](project, write.request)

export const useLabelsStore = defineStore('labels', () => {
  const saving = shallowRef<Saving>(idle)
  /** The latest entry that the server has committed since this window has this project open and this person labels. */
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

  const isIdle = computed(() => saving.value.kind === 'idle' || saving.value.kind === 'refused')
  /** What there is to see of it. */
  const shownSaving = computed<Saving>(() => (saving.value.kind === 'sending' && !isSlow.value ? idle : saving.value))
  const hasFailed = computed(() => saving.value.kind === 'failed')

  /** Of what another project's log holds, or another person wrote, nothing is called saved here. */
  function forget(): void {
    lastSaved.value = null
    savedCount.value = 0
    if (saving.value.kind === 'refused') saving.value = idle
  }

  function enter(projectPath: string): void {
    if (project.value !== projectPath) forget()
    project.value = projectPath
  }

  /** So many more are committed. */
  const countSaved = (entries: number) => (savedCount.value += entries)

  /**
   * Writes one entry, trying until it is committed; null when it was refused, or the user threw it away. `take` hears of it before anything is drawn: the tick and what it
   * leads to are one change of the window.
   */
  async function write(entry: LabelWrite, take?: (written: Written) => void): Promise<Written | null> {
    if (!isIdle.value) throw new Error('an entry is still being written')
    const noticed = setTimeout(() => (isSlow.value = true), UNNOTICED_MS)
    // Another project may be opened while this entry waits.
    const owner = project.value
    if (entry.kind === 'label') unsaved.keep(owner, entry.request.uuid, entry.request)
    saving.value = { kind: 'sending', write: entry }
    const result = await sendUntilDecided(owner, entry)
    clearTimeout(noticed)
    isSlow.value = false
    unsaved.drop(entry.request.uuid)
    if (!isIdle.value) saving.value = idle
    if (result === null || owner !== project.value) return result
    if (result.events[0]) {
      isBroughtBack.value = entry.kind === 'redo'
      lastSaved.value = result.events[0]
      countSaved(result.events.length)
    }
    take?.(result)
    return result
  }

  async function sendUntilDecided(owner: string, entry: LabelWrite): Promise<Written | null> {
    for (let tries = 0; ; tries++) {
      try {
        return await sendWrite(owner, entry)
      } catch (thrown) {
        const error = describeError(thrown)
        if (isRefusal(thrown)) {
          saving.value = { kind: 'refused', write: entry, error }
          return null
        }
        saving.value = { kind: 'failed', write: entry, error, isTrying: false }
        if ((await waiting.next(tries)) === 'discard') return null
        // The reason stays in sight while it is tried again.
        saving.value = { kind: 'failed', write: entry, error, isTrying: true }
      }
    }
  }

  /** Writes the entries that earlier windows of this project were closed on. Gives those that were written. */
  async function recover(projectPath: string): Promise<Written[]> {
    enter(projectPath)
    const written: (Written | null)[] = []
    if (isIdle.value) for (const request of unsaved.of(projectPath)) written.push(await write({ kind: 'label', request }))
    return written.filter((each) => each !== null)
  }

  /** Whether this window has just written the entry, or is writing it. */
  const isOwn = (uuid: string): boolean =>
    lastSaved.value?.uuid === uuid || (!isIdle.value && 'write' in saving.value && saving.value.write.request.uuid === uuid)

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
    enter,
    forget,
    countSaved,
    write,
    recover,
    retry: waiting.retry,
    discard: waiting.discard,
  }
})
