import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import type { JobParams } from '@shared/contract/job'
import { readJobs, saveJob } from '@main/catalogue/jobs'
import { createJobRunner, type JobRunner } from '@main/jobs/runner'
import { createJobClaim } from '@main/services/job-claim'
import { newProject, reopened } from '../catalogue/support'

const someJob: JobParams = { kind: 'import', params: { images: 'a' } }

/** Two desks with one project open, as two processes have it: each with its own connection and its own runner. */
function twoDesks() {
  const { path, db } = newProject()
  const ends: (() => void)[] = []
  let running = 0
  let most = 0
  const newDesk = (connection: typeof db): JobRunner =>
    createJobRunner({
      work: async () => {
        most = Math.max(most, ++running)
        await new Promise<void>((resolve) => ends.push(resolve))
        running--
        return 'done'
      },
      engine: () => 'cpu',
      save: (job) => saveJob(connection, job),
      onChange: () => undefined,
      claim: createJobClaim(connection),
    })
  const end = async () => {
    while (ends.length === 0) await delay(1)
    ends.shift()!()
  }
  return { path, db, one: newDesk(db), other: () => newDesk(reopened(path)), end, mostAtOnce: () => most }
}

describe('two desks with one project open', () => {
  it('run jobs one after the other: while one runs, the other refuses and names the process', async () => {
    const { one, other, end, mostAtOnce } = twoDesks()
    const second = other()
    const { id } = one.submit(someJob)
    expect(() => second.submit(someJob)).toThrow(
      expect.objectContaining({ code: 'job/running', message: expect.stringContaining(`process ${process.pid}`) }),
    )
    await end()
    await one.finished(id)
    const next = second.submit(someJob)
    await end()
    expect(await second.finished(next.id)).toMatchObject({ state: 'done' })
    expect(mostAtOnce()).toBe(1)
    expect(one.list().map((job) => job.state)).toEqual(['done', 'done'])
  })

  it('the right to run jobs is given back where it could not be taken up', async () => {
    const { path, one, other, end } = twoDesks()
    const second = other()
    // A folder in the place of the file that names the owner: it cannot be written.
    mkdirSync(join(path, 'jobs.owner'))
    expect(() => one.submit(someJob)).toThrow(/EISDIR/)
    rmSync(join(path, 'jobs.owner'), { recursive: true })
    const { id } = second.submit(someJob)
    await end()
    expect(await second.finished(id)).toMatchObject({ state: 'done' })
  })

  it('keep the right to run jobs until the last queued one has ended', async () => {
    const { one, other, end } = twoDesks()
    const second = other()
    const [first, last] = [one.submit(someJob), one.submit(someJob)]
    await end()
    await one.finished(first.id)
    expect(() => second.submit(someJob)).toThrow(expect.objectContaining({ code: 'job/running' }))
    await end()
    await one.finished(last.id)
    second.submit(someJob)
    await end()
  })

  it('one opened while the other runs a job does not call it interrupted, nor can it be resumed there', async () => {
    const { db, one, other, end } = twoDesks()
    const { id } = one.submit(someJob)
    const second = other()
    expect(second.list()).toMatchObject([{ id, state: 'queued' }])
    expect(() => second.resume(id)).toThrow(expect.objectContaining({ code: 'job/running' }))
    await end()
    await one.finished(id)
    expect(readJobs(db)).toMatchObject([{ id, state: 'done' }])
    expect(() => second.resume(id)).toThrow(expect.objectContaining({ code: 'job/not-resumable' }))
  })

  it('an interrupted job that one has resumed and ended cannot be resumed again by the other', async () => {
    const { db, one, other, end } = twoDesks()
    saveJob(db, { ...one.submit(someJob), id: 'cut', state: 'interrupted' })
    await end()
    const second = other()
    while (second.list().some(({ state }) => state === 'running' || state === 'queued')) await delay(1)
    second.resume('cut')
    await end()
    expect(await second.finished('cut')).toMatchObject({ state: 'done' })
    expect(() => one.resume('cut')).toThrow(expect.objectContaining({ code: 'job/not-resumable' }))
  })

  it('a job whose process is gone is seen as interrupted by a desk that was open all the time', () => {
    const { path, one } = twoDesks()
    const elsewhere = reopened(path)
    expect(one.list()).toEqual([])
    const gone = { progress: null, lossCurve: [], engine: null, modelId: null, error: null, result: null, finishedAt: null }
    saveJob(elsewhere, { ...gone, id: 'gone', job: someJob, state: 'running', createdAt: new Date(0).toISOString() })
    expect(one.list()).toMatchObject([{ id: 'gone', state: 'interrupted' }])
  })
})
