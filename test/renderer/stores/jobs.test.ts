// @vitest-environment happy-dom
import { beforeEach, expect, test } from 'vitest'
import { useJobsStore } from '@renderer/stores/jobs'
import { useLabelsStore } from '@renderer/stores/labels'
import { useProjectsStore } from '@renderer/stores/projects'
import { useStatusStore } from '@renderer/stores/status'
import { deferred, freshStores, job, json, project, serve, statusOf } from '../support'

beforeEach(freshStores)

test('an event that came before the answer to the request is not undone by it', async () => {
  const jobs = useJobsStore()
  const answerAfter = (event: ReturnType<typeof job>) => () => {
    jobs.upsert(event)
    return json(job({ state: 'queued' }))
  }
  serve({
    'POST /api/jobs': answerAfter(job({ state: 'running' })),
    'POST /api/jobs/job-1/resume': answerAfter(job({ state: 'failed' })),
  })
  await jobs.startSample({ path: '/data/sample.galaxydesk' })
  expect(jobs.byId('job-1')?.state).toBe('running')
  await jobs.resume('/data/sample.galaxydesk', 'job-1')
  expect(jobs.byId('job-1')?.state).toBe('failed')
})

test('without an event the answer counts', async () => {
  serve({ 'POST /api/jobs/job-1/cancel': () => json(job({ state: 'cancelled' })) })
  const jobs = useJobsStore()
  jobs.upsert(job({ state: 'queued' }))
  await jobs.cancel('/data/sample.galaxydesk', 'job-1')
  expect(jobs.byId('job-1')?.state).toBe('cancelled')
})

test('the job that runs is the active one, not an older one that waits', () => {
  const jobs = useJobsStore()
  jobs.replaceAll([
    job({ id: 'a', state: 'done' }),
    job({ id: 'b', state: 'queued', createdAt: '2026-01-03T00:00:00.000Z' }),
    job({ id: 'c', state: 'running' }),
  ])
  expect(jobs.active?.id).toBe('c')
  jobs.upsert(job({ id: 'c', state: 'failed' }))
  expect(jobs.active?.id).toBe('b')
  jobs.upsert(job({ id: 'b', state: 'cancelled', createdAt: '2026-01-03T00:00:00.000Z' }))
  expect([jobs.active, jobs.jobs[0]?.id]).toEqual([null, 'b'])
})

test('a status that was on its way when a project was opened does not bring the old project back', async () => {
  const slow = deferred<Response>()
  const answers = [Promise.resolve(json(statusOf(null))), slow.promise]
  serve({ 'GET /api/status': () => answers.shift()! })
  const status = useStatusStore()
  await status.load()
  const stale = status.load()
  status.setProject(project({ name: 'new' }))
  slow.resolve(json(statusOf(project({ name: 'old' }))))
  await stale
  expect(status.project?.name).toBe('new')
})

test('no other project is opened while an answer is unsaved', async () => {
  const { calls } = serve({ 'POST /api/labels': () => new Promise<Response>(() => undefined) })
  void useLabelsStore().write({ kind: 'label', request: { uuid: crypto.randomUUID(), galaxyKey: 1, kind: 'skip', annotator: 'Ada' } })
  const projects = useProjectsStore()
  await expect(projects.open('/data/other.galaxydesk')).rejects.toMatchObject({ code: 'labels/unsaved' })
  await expect(projects.create('/data', 'other', 'gz2')).rejects.toMatchObject({ code: 'labels/unsaved' })
  expect(calls.map(({ path }) => path)).toEqual(['/api/labels'])
})
