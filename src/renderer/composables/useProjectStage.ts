import { importReportSchema } from '@shared/contract/requests'
import { computed } from 'vue'
import { useJobsStore } from '../stores/jobs'
import { useStatusStore } from '../stores/status'

/**
 * How far the open project has come, read from the project itself so that a reload or a crash changes nothing:
 * `making` while the job that fills it runs, `import` while it has no galaxies, `split` until its sets are drawn, then `ready`.
 */
export function useProjectStage() {
  const status = useStatusStore()
  const jobs = useJobsStore()

  const project = computed(() => status.project)
  /** The newest job that fills a project. */
  const job = computed(() => jobs.newest('sample', 'import'))
  const isMaking = computed(() => job.value?.state === 'running' || job.value?.state === 'queued')
  const stage = computed(() => {
    if (isMaking.value) return 'making'
    if (!project.value) return 'none'
    if (project.value.counts.galaxies === 0) return 'import'
    return project.value.splitSeed === null ? 'split' : 'ready'
  })
  const report = computed(() => {
    if (job.value?.job.kind !== 'import' || job.value.state !== 'done') return null
    const parsed = importReportSchema.safeParse(job.value.result)
    return parsed.success ? parsed.data : null
  })

  return { project, stage, job, report }
}
