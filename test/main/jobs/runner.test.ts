import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { AppError } from '@shared/science/errors'
import type { Job, JobParams, JobProgress } from '@shared/contract/job'
import { interruptJobs, readJobs, saveJob } from '@main/catalogue/jobs'
import { openCatalogue } from '@main/catalogue/open'
import { takeProcessLock } from '@main/catalogue/process-lock'
import { createJobRunner, type JobContext, type JobRunnerOptions } from '@main/jobs/runner'
import { createJobClaim } from '@main/services/job-claim'
import { newProject } from '../catalogue/support'

const imports = (images: string): JobParams => ({ kind: 'import', params: { images } })
const nameOf = (job: JobParams) => (job.kind === 'import' ? job.params.images! : job.kind)
const step = (done: number, total = 100): JobProgress => ({ phase: 'training', done, total, secondsLeft: null })
const died = () => new AppError('compute/died', 'The compute process ended (signal SIGKILL).')

/** A runner that keeps its jobs in the catalogue of a new project. */
function newRunner(work: JobRunnerOptions['work'], options: Partial<JobRunnerOptions> = {}) {
  const { path, db } = newProject()
  const heard: Job[] = []
  const runner = createJobRunner({
    work,
    engine: () => 'cpu',
    save: (job) => saveJob(db, job),
    onChange: (job) => heard.push(job),
    claim: createJobClaim(db),
    ...options,
  })
  return { runner, db, path, heard }
}

const untilAborted = ({ signal }: JobContext) =>
  new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(new AppError('job/cancelled', 'The job was cancelled.'))))

describe('jobs', () => {
  it('run one at a time in the order they came', async () => {
    const log: string[] = []
    const { runner } = newRunner(async (job) => {
      log.push(`${nameOf(job)} begins`)
      await delay(5)
      log.push(`${nameOf(job)} ends`)
    })
    const [, last] = [runner.submit(imports('a')), runner.submit(imports('b'))]
    expect(runner.list().map(({ state }) => state)).toEqual(['queued', 'queued'])
    await runner.finished(last.id)
    expect(log).toEqual(['a begins', 'a ends', 'b begins', 'b ends'])
  })

  it('keep their result, their engine and their end in the catalogue', async () => {
    const { runner, path } = newRunner(async () => ({ model: 'model-001' }))
    const { id } = runner.submit(imports('a'))
    const done = await runner.finished(id)
    expect(done).toMatchObject({
      state: 'done',
      result: { model: 'model-001' },
      engine: 'cpu',
      error: null,
      finishedAt: expect.any(String),
    })
    const elsewhere = openCatalogue(path, { readonly: true })
    expect(readJobs(elsewhere)).toEqual([done])
    elsewhere.close()
  })

  it('that fail keep code and message, and do not hold up the next', async () => {
    const { runner } = newRunner(async (job) => {
      if (nameOf(job) === 'bad') throw new AppError('import/no-images', 'The folder bad holds no images.')
      if (nameOf(job) === 'bug') throw new TypeError('x is not a function')
    })
    const [bad, bug, good] = ['bad', 'bug', 'good'].map((name) => runner.submit(imports(name)).id) as [string, string, string]
    await runner.finished(good)
    expect(await runner.finished(bad)).toMatchObject({
      state: 'failed',
      error: { code: 'import/no-images', message: 'The folder bad holds no images.' },
    })
    expect(await runner.finished(bug)).toMatchObject({ state: 'failed', error: { code: 'job/failed', message: 'x is not a function' } })
    expect(await runner.finished(good)).toMatchObject({ state: 'done' })
  })

  it('are heard of in every state they pass, after it was kept', async () => {
    const kept: string[] = []
    const heard: string[] = []
    const { runner } = newRunner(async () => undefined, {
      save: ({ state }) => kept.push(state),
      onChange: ({ state }) => {
        expect(kept.at(-1)).toBe(state)
        heard.push(state)
      },
    })
    await runner.finished(runner.submit(imports('a')).id)
    expect(heard).toEqual(['queued', 'running', 'done'])
  })

  it('whose state cannot be kept end as failed, and the next one runs', async () => {
    let isFull = true
    const { runner } = newRunner(async () => undefined, {
      save: ({ state }) => {
        if (isFull && state === 'done') throw new Error('database or disk is full')
      },
    })
    const first = await runner.finished(runner.submit(imports('a')).id)
    expect(first).toMatchObject({ state: 'failed', error: { code: 'job/unsaved', message: expect.stringContaining('disk is full') } })
    isFull = false
    expect(await runner.finished(runner.submit(imports('b')).id)).toMatchObject({ state: 'done' })
  })
})

describe('progress', () => {
  it('is told at most five times a second, the end of a phase and each point of the loss curve always', async () => {
    const { runner, heard } = newRunner(async (_, { onProgress }) => {
      for (let done = 0; done < 100; done++) onProgress(step(done))
      onProgress({ ...step(100), lossPoint: { epoch: 1, trainLoss: 2, validationLoss: null } })
      onProgress({ ...step(50), lossPoint: { epoch: 2, trainLoss: 1, validationLoss: 1.5 } })
      onProgress(step(100))
    })
    const job = await runner.finished(runner.submit(imports('a')).id)
    expect(heard.filter(({ state }) => state === 'running').map(({ progress }) => progress?.done)).toEqual([undefined, 0, 100, 50, 100])
    expect(job.lossCurve.map(({ epoch }) => epoch)).toEqual([1, 2])
    expect(job.progress).toEqual(step(100))
  })

  it('of an epoch that is done again replaces the old point and those after it', async () => {
    const { runner } = newRunner(async (_, { onProgress }) => {
      for (const [epoch, trainLoss] of [
        [1, 9],
        [2, 8],
        [3, 7],
        [2, 6],
      ] as const)
        onProgress({ ...step(epoch), lossPoint: { epoch, trainLoss, validationLoss: null } })
    })
    const { lossCurve } = await runner.finished(runner.submit(imports('a')).id)
    expect(lossCurve.map(({ epoch, trainLoss }) => [epoch, trainLoss])).toEqual([
      [1, 9],
      [2, 6],
    ])
  })
})

describe('cancel', () => {
  it('stops the running job and goes on with the next', async () => {
    const { runner } = newRunner((job, context) => (nameOf(job) === 'long' ? untilAborted(context) : Promise.resolve('result')))
    const [long, next] = [runner.submit(imports('long')).id, runner.submit(imports('next')).id]
    await delay(1)
    expect(runner.cancel(long).state).toBe('running')
    expect(await runner.finished(long)).toMatchObject({ state: 'cancelled', error: { code: 'job/cancelled' } })
    expect(await runner.finished(next)).toMatchObject({ state: 'done' })
  })

  it('of a queued job keeps it from ever running', async () => {
    const ran: string[] = []
    const { runner } = newRunner(async (job) => {
      ran.push(nameOf(job))
      await delay(5)
    })
    const [first, second, third] = ['1', '2', '3'].map((name) => runner.submit(imports(name)).id) as [string, string, string]
    expect(runner.cancel(second).state).toBe('cancelled')
    await Promise.all([first, second, third].map((id) => runner.finished(id)))
    expect(ran).toEqual(['1', '3'])
  })

  it('followed by resume while it is queued runs it once', async () => {
    let runs = 0
    const { runner } = newRunner(async (job) => {
      if (nameOf(job) === 'twice') runs++
      await delay(5)
    })
    runner.submit(imports('first'))
    const { id } = runner.submit(imports('twice'))
    runner.cancel(id)
    runner.resume(id)
    await runner.finished(runner.submit(imports('last')).id)
    expect(runs).toBe(1)
    expect(runner.list().find((job) => job.id === id)).toMatchObject({ state: 'done', error: null })
  })
})

describe('a cancelled job', () => {
  it('is cancelled, not failed, whatever its work throws', async () => {
    const { runner } = newRunner(async (_, { signal }) => {
      await delay(5)
      signal.throwIfAborted()
    })
    const { id } = runner.submit(imports('a'))
    await delay(1)
    runner.cancel(id)
    expect(await runner.finished(id)).toMatchObject({ state: 'cancelled', error: { code: 'job/cancelled' } })
  })
})

describe('a job whose compute process died', () => {
  it('is taken up again by itself, with the same model', async () => {
    const models: (string | null)[] = []
    const { runner } = newRunner(async (_, { modelId, setModelId }) => {
      models.push(modelId)
      setModelId('model-007')
      if (models.length < 3) throw died()
      return 'trained'
    })
    expect(await runner.finished(runner.submit(imports('a')).id)).toMatchObject({
      state: 'done',
      result: 'trained',
      modelId: 'model-007',
      error: null,
    })
    expect(models).toEqual([null, 'model-007', 'model-007'])
  })

  it('three times is interrupted, and can be resumed by hand', async () => {
    let runs = 0
    const { runner } = newRunner(async () => {
      if (++runs <= 3) throw died()
    })
    const { id } = runner.submit(imports('a'))
    expect(await runner.finished(id)).toMatchObject({ state: 'interrupted', error: { code: 'compute/died' } })
    expect(runs).toBe(3)
    runner.resume(id)
    expect(await runner.finished(id)).toMatchObject({ state: 'done', error: null })
  })

  it('after it was cancelled is not taken up again', async () => {
    let runs = 0
    const { runner } = newRunner((_, { signal }) => {
      runs++
      return new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(died())))
    })
    const { id } = runner.submit(imports('a'))
    await delay(1)
    runner.cancel(id)
    expect(await runner.finished(id)).toMatchObject({ state: 'cancelled' })
    expect(runs).toBe(1)
  })
})

describe('closing', () => {
  it('interrupts the running and the queued jobs, which a later start resumes', async () => {
    const { runner, db } = newRunner((_, context) => untilAborted(context))
    const ids = [runner.submit(imports('a')).id, runner.submit(imports('b')).id]
    await delay(1)
    await runner.close()
    expect(readJobs(db).map(({ state }) => state)).toEqual(['interrupted', 'interrupted'])
    expect(() => runner.submit(imports('c'))).toThrow(expect.objectContaining({ code: 'job/closed' }))
    expect(() => runner.resume(ids[0]!)).toThrow(expect.objectContaining({ code: 'job/closed' }))

    const later = createJobRunner({
      work: async () => 'done later',
      engine: () => null,
      save: (job) => saveJob(db, job),
      onChange: () => undefined,
      claim: createJobClaim(db),
    })
    later.resume(ids[0]!)
    expect(await later.finished(ids[0]!)).toMatchObject({ state: 'done', result: 'done later' })
    expect(await later.finished(ids[1]!)).toMatchObject({ state: 'interrupted' })
  })

  it('does not undo what ended just before', async () => {
    const { runner, db } = newRunner(async () => {
      await delay(5)
      return 'result'
    })
    runner.submit(imports('a'))
    await delay(1)
    await runner.close()
    expect(readJobs(db)).toMatchObject([{ state: 'done', result: 'result' }])
  })
})

describe('jobs of an earlier process', () => {
  it('that were cut off are interrupted, the others stay as they were', async () => {
    const { runner, db } = newRunner(async () => undefined)
    const done = await runner.finished(runner.submit(imports('a')).id)
    saveJob(db, { ...done, id: 'cut', state: 'running', finishedAt: null, createdAt: new Date(0).toISOString() })
    saveJob(db, { ...done, id: 'waiting', state: 'queued', finishedAt: null, createdAt: new Date(1).toISOString() })
    expect(interruptJobs(db)).toBe(2)
    expect(readJobs(db).map(({ id, state }) => [id, state])).toEqual([
      [done.id, 'done'],
      ['waiting', 'interrupted'],
      ['cut', 'interrupted'],
    ])
  })

  it('that another process has queued are not ended from here, and who asks is told where they can be', () => {
    const { db, path } = newProject()
    const { runner: other } = newRunner(async () => undefined)
    const queued = { ...other.submit(imports('a')), id: 'theirs' }
    saveJob(db, queued)
    const theirs = takeProcessLock(path, 'jobs')!
    const runner = createJobRunner({
      work: async () => undefined,
      engine: () => null,
      save: (job) => saveJob(db, job),
      onChange: () => undefined,
      claim: createJobClaim(db),
    })
    writeFileSync(join(path, 'jobs.owner'), '4711')
    const elsewhere = expect.objectContaining({ code: 'job/running', message: expect.stringMatching(/process 4711.* stop them there/) })
    expect(() => runner.cancel('theirs')).toThrow(elsewhere)
    saveJob(db, { ...queued, state: 'running' })
    expect(() => runner.cancel('theirs')).toThrow(elsewhere)
    expect(readJobs(db)).toMatchObject([{ id: 'theirs', state: 'running' }])
    saveJob(db, { ...queued, state: 'done' })
    expect(runner.cancel('theirs').state).toBe('done')
    theirs.release()
  })
})
