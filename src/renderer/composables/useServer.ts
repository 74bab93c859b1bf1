import { assertNever } from '@shared/science/errors'
import { onScopeDispose, watch } from 'vue'
import { listenToServer } from '../events'
import { useJobsStore } from '../stores/jobs'
import { useLabelsStore } from '../stores/labels'
import { useQueueStore } from '../stores/queue'
import { useRoundsStore } from '../stores/rounds'
import { useSettingsStore } from '../stores/settings'
import { useStatusStore } from '../stores/status'
import { useAction } from './useAction'

/** Keeps the stores in step with the server while the window is open: reads the status at each connection, then follows the events. */
export function useServer() {
  const status = useStatusStore()
  const jobs = useJobsStore()
  const rounds = useRoundsStore()
  const queue = useQueueStore()
  const labels = useLabelsStore()
  const settings = useSettingsStore()
  const refresh = useAction(async () => {
    await status.load()
    if (status.project) await rounds.load()
  })

  /** Another window labels, perhaps under another name. */
  const updateQueue = useAction(queue.update, 'newest')

  let isStale = false
  const stop = listenToServer({
    onEvent: (event) => {
      switch (event.kind) {
        case 'job:changed':
          jobs.upsert(event.job)
          return
        case 'project:changed':
          void refreshAgain()
          return
        case 'labels:changed':
          if (!labels.isOwn(event.uuid)) void updateQueue.run()
          return
        default:
          assertNever(event)
      }
    },
    onConnection: (isOpen) => {
      status.isConnected = isOpen
      if (isOpen) void refreshAgain()
    },
  })
  onScopeDispose(stop)

  /** A change during a refresh asks for one more, so that the last word is always read. */
  async function refreshAgain(): Promise<void> {
    isStale = true
    while (isStale && !refresh.isRunning.value) {
      isStale = false
      await refresh.run()
    }
  }

  // Another project: nothing of the one before may stay on screen.
  watch(
    () => status.project?.path,
    () => {
      rounds.clear()
      queue.clear()
      labels.enter(status.project?.path ?? '')
      if (status.project) void refreshAgain()
    },
  )

  watch(() => settings.annotator, labels.forget)

  return { error: refresh.error }
}
