import { defineStore } from 'pinia'
import { computed, shallowRef } from 'vue'
import type { Job, JobKind } from '@shared/contract/job'
import { api, type JobRequest, type SampleRequest } from '../api'

const isActive = (job: Job) => job.state === 'queued' || job.state === 'running'

/** The jobs of this server, newest first. Events keep them up to date. */
export const useJobsStore = defineStore('jobs', () => {
  const jobs = shallowRef<readonly Job[]>([])

  /** The one that runs, or else the one that waits. */
  const active = computed(() => jobs.value.find(({ state }) => state === 'running') ?? jobs.value.find(isActive) ?? null)

  function replaceAll(list: readonly Job[]): void {
    jobs.value = [...list].sort((a, b) => b.createdAt.localeCompare(a.createdAt))
  }

  function upsert(job: Job): void {
    replaceAll([job, ...jobs.value.filter(({ id }) => id !== job.id)])
  }

  const newest = (...kinds: JobKind[]): Job | null => jobs.value.find(({ job }) => kinds.includes(job.kind)) ?? null
  const byId = (id: string): Job | null => jobs.value.find((job) => job.id === id) ?? null

  /** Asks for something, and takes the answer about the job unless an event told of it meanwhile: that one is newer. */
  async function ask(request: () => Promise<Job>): Promise<Job> {
    const before = jobs.value
    const job = await request()
    if (byId(job.id) === (before.find(({ id }) => id === job.id) ?? null)) upsert(job)
    return job
  }
  const startSample = (params: SampleRequest) => ask(() => api.startSample(params))
  const start = (project: string, request: JobRequest) => ask(() => api.startJob(project, request))
  const cancel = (project: string, id: string) => ask(() => api.cancelJob(project, id))
  const resume = (project: string, id: string) => ask(() => api.resumeJob(project, id))

  return { jobs, active, replaceAll, upsert, newest, byId, startSample, start, cancel, resume }
})
