import { computed, shallowRef } from 'vue'
import { batchRequestSchema, type BatchRequest } from '@shared/contract/requests'
import type { Written } from '@shared/contract/labelling'
import { api, RequestError } from '../api'
import { waitingForTries } from '../tries'
import { describeError, type VisibleError } from '../visible-error'

/** [Note: Saved means committed] `refused`: nothing was written, the marks can be changed. `failed`: it is tried again. */
export type SheetSaving = { kind: 'idle' } | { kind: 'saving' } | { kind: 'refused' | 'failed'; error: VisibleError }

const unsavedKey = 'galaxy-desk.unsaved-page'

/** How the sheet writes: a batch is kept with its UUIDs until the server has committed it, and sent again, by the next window if need be. */
export function sheetSaving() {
  const saving = shallowRef<SheetSaving>({ kind: 'idle' })
  const tries = waitingForTries()
  const isIdle = computed(() => saving.value.kind === 'idle' || saving.value.kind === 'refused')

  /** Does it until the server has committed it; null when it was refused, or the user gave it up. */
  async function commit(work: () => Promise<Written>): Promise<Written | null> {
    for (let tried = 0; ; tried++) {
      saving.value = { kind: 'saving' }
      try {
        const written = await work()
        saving.value = { kind: 'idle' }
        return written
      } catch (thrown) {
        const isRefused = thrown instanceof RequestError && thrown.status !== null && thrown.status < 500
        saving.value = { kind: isRefused ? 'refused' : 'failed', error: describeError(thrown) }
        if (isRefused) return null
        if ((await tries.next(tried)) === 'discard') {
          saving.value = { kind: 'idle' }
          return null
        }
      }
    }
  }

  async function sendBatch(project: string, batch: BatchRequest): Promise<Written | null> {
    localStorage.setItem(unsavedKey, JSON.stringify({ project, batch }))
    const written = await commit(() => api.labelBatch(project, batch))
    localStorage.removeItem(unsavedKey)
    return written
  }

  /** Writes the batch that an earlier window of this project was closed on, and tells the turns that were answered by it. */
  async function recover(project: string): Promise<ReadonlySet<string>> {
    const text = localStorage.getItem(unsavedKey)
    if (text === null || !isIdle.value) return new Set()
    const kept = JSON.parse(text) as { project: unknown; batch: unknown }
    if (kept.project !== project) return new Set()
    const batch = batchRequestSchema.parse(kept.batch)
    return (await sendBatch(project, batch)) ? new Set(batch.entries.map(({ turn }) => turn ?? '')) : new Set()
  }

  const undo = (project: string, annotator: string) => {
    const uuid = crypto.randomUUID()
    return commit(() => api.undo(project, { uuid, annotator }))
  }

  return { saving, isIdle, sendBatch, recover, undo, retry: tries.retry, discard: tries.discard }
}
