import { computed, shallowRef } from 'vue'
import { batchRequestSchema, type BatchRequest } from '@shared/contract/requests'
import type { Written } from '@shared/contract/labelling'
import { api, isRefusal } from '../api'
import { waitingForTries } from '../tries'
import { unsavedOf } from '../unsaved'
import { describeError, type VisibleError } from '../visible-error'
import { useLabelsStore } from './labels'

/** [Note: Saved means committed] `refused`: nothing was written, the marks can be changed. `failed`: it is tried again. */
export type SheetSaving = { kind: 'idle' } | { kind: 'saving' } | { kind: 'refused' | 'failed'; error: VisibleError }

const unsaved = unsavedOf('page', batchRequestSchema)

/** How the sheet writes: a batch is kept with its UUIDs until the server has committed it, and sent again, by the next window if need be. */
export function sheetSaving() {
  const saving = shallowRef<SheetSaving>({ kind: 'idle' })
  const labels = useLabelsStore()
  const tries = waitingForTries()
  const isIdle = computed(() => saving.value.kind === 'idle' || saving.value.kind === 'refused')

  /** Does it until the server has committed it; null when it was refused, or the user gave it up. */
  async function commit(work: () => Promise<Written>): Promise<Written | null> {
    saving.value = { kind: 'saving' }
    for (let tried = 0; ; tried++) {
      try {
        const written = await work()
        saving.value = { kind: 'idle' }
        labels.countSaved(written.events.length)
        return written
      } catch (thrown) {
        saving.value = { kind: isRefusal(thrown) ? 'refused' : 'failed', error: describeError(thrown) }
        if (isRefusal(thrown)) return null
        if ((await tries.next(tried)) === 'discard') {
          saving.value = { kind: 'idle' }
          return null
        }
      }
    }
  }

  async function sendBatch(project: string, batch: BatchRequest): Promise<Written | null> {
    unsaved.keep(project, batch.batch, batch)
    const written = await commit(() => api.labelBatch(project, batch))
    unsaved.drop(batch.batch)
    return written
  }

  /** Writes the batches that earlier windows of this project were closed on, and tells the turns that were answered by them. */
  async function recover(project: string): Promise<ReadonlySet<string>> {
    const turns = new Set<string>()
    if (!isIdle.value) return turns
    for (const batch of unsaved.of(project)) {
      if (await sendBatch(project, batch)) for (const { turn } of batch.entries) turns.add(turn ?? '')
    }
    return turns
  }

  const undo = (project: string, annotator: string) => {
    const uuid = crypto.randomUUID()
    return commit(() => api.undo(project, { uuid, annotator }))
  }

  return { saving, isIdle, sendBatch, recover, undo, retry: tries.retry, discard: tries.discard }
}
