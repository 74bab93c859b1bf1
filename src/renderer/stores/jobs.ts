import { defineStore } from 'pinia'
import { computed, shallowRef } from 'vue'
import type { Job, JobKind } from '@shared/contract/job'
import { api, type JobRequest } from '../api'

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

  /** Takes the server's first answer about a job, unless an event has already told more. */
  function add(job: Job): void {
    if (!jobs.value.some(({ id }) => id === job.id)) upsert(job)
  }

  const newest = (...kinds: JobKind[]): Job | null => jobs.value.find(({ job }) => kinds.includes(job.kind)) ?? null
  const byId = (id: string): Job | null => jobs.value.find((job) => job.id === id) ?? null

  async function start(request: JobRequest): Promise<Job> {
    const job = await api.startJob(request)
    add(job)
    return job
  }

  async function cancel(id: string): Promise<void> {
    upsert(await api.cancelJob(id))
  }

  async function resume(id: string): Promise<void> {
    upsert(await api.resumeJob(id))
  }

  return { jobs, active, replaceAll, upsert, newest, byId, start, cancel, resume }
})
