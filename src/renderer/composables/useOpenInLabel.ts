import { watch } from 'vue'
import { useRouter } from 'vue-router'
import { AppError } from '@shared/science/errors'
import { useQueueStore } from '../stores/queue'
import { useStatusStore } from '../stores/status'

/** The Label view has read its queue long before; if not, it says itself why. */
const LIMIT_MS = 10_000

/** Shows any galaxy of the survey in the Label view: goes there, waits for its queue, and brings the galaxy in. */
export function useOpenInLabel(): (galaxyKey: number) => Promise<void> {
  const router = useRouter()
  const status = useStatusStore()
  const queue = useQueueStore()

  function queueIsRead(): Promise<boolean> {
    const before = queue.items
    return new Promise((resolve) => {
      const end = (isRead: boolean) => {
        stop()
        clearTimeout(timer)
        resolve(isRead)
      }
      const timer = setTimeout(() => end(false), LIMIT_MS)
      const stop = watch(
        () => queue.items,
        (items) => items !== before && items.length > 0 && end(true),
      )
    })
  }

  return async (galaxyKey) => {
    if ((status.project?.openRound ?? null) === null)
      throw new AppError('round/none', 'No round is open for labelling. Train and choose the next galaxies, or label these on a sheet.')
    const isRead = queueIsRead()
    await router.push('/label')
    if (await isRead) await queue.visit(galaxyKey)
  }
}
