import type { Job } from '@shared/contract/job'
import { nextTick, watch } from 'vue'
import { useRouter } from 'vue-router'
import { useJobsStore } from '../stores/jobs'
import { useStatusStore } from '../stores/status'

/**
 * Leads from a start without an address to the galaxies: as soon as the open project has a round to label, also when the sample project of
 * the first start is still being made. Whoever goes elsewhere in between, or has a dialog open, is left there.
 */
export function useStartView(): void {
  const router = useRouter()
  const status = useStatusStore()
  const jobs = useJobsStore()
  const isSample = ({ job, state }: Job) => job.kind === 'sample' && (state === 'running' || state === 'queued')

  const stop = watch(
    [() => router.currentRoute.value, () => status.status, () => jobs.active] as const,
    ([route, loaded, active]) => {
      if (route.matched.length === 0) return
      if (route.redirectedFrom?.path !== '/' || document.querySelector('dialog[open]') !== null) {
        void nextTick(() => stop())
        return
      }
      if (!loaded) return
      const hasRound = loaded.project !== null && loaded.project.openRound !== null
      // The event that a job ended and the project that it changed come in either order.
      if (hasRound && !(active && isSample(active))) void router.replace('/label')
      else if (!loaded.jobs.some(isSample)) void nextTick(() => stop())
    },
    { flush: 'post', immediate: true },
  )
}
