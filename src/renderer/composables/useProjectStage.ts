import { importReportSchema } from '@shared/contract/requests'
import { computed, watch } from 'vue'
import { useJobsStore } from '../stores/jobs'
import { useProjectsStore } from '../stores/projects'
import { useStatusStore } from '../stores/status'
import { useAction } from './useAction'

/**
 * How far the open project has come, read from the project itself so that a reload or a crash changes nothing:
 * `making` while the job that fills it runs, `import` while it has no galaxies, `split` until its sets are drawn, then `ready`.
 */
export function useProjectStage() {
  const status = useStatusStore()
  const jobs = useJobsStore()
  const projects = useProjectsStore()

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

  // A sample that is ready is what the user wants to see next; the server may have opened it already.
  const opening = useAction(projects.open)
  watch(
    () => job.value?.state,
    (state, before) => {
      const made = job.value?.job
      if (state !== 'done' || before === undefined || made?.kind !== 'sample') return
      if (made.params.path !== project.value?.path) void opening.run(made.params.path)
    },
  )

  return { project, stage, job, report, openError: opening.error }
}
