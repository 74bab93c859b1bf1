import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createRequire } from 'node:module'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readJobs, saveJob } from '@main/catalogue/jobs'
import { openCatalogue } from '@main/catalogue/open'
import { takeProcessLock } from '@main/catalogue/process-lock'
import { newJob } from '@main/jobs/new-job'
import { errorOf, newClient, ownFolder, surveyOnDisk, type Client } from '../api/support'

let path: string
beforeEach(async () => {
  path = await surveyOnDisk(ownFolder(), { count: 1 })
})

/** Another process that takes a lock in the way of `takeProcessLock` and holds it until it is killed. */
async function holdElsewhere(name: string): Promise<() => Promise<void>> {
  const sqlite = JSON.stringify(createRequire(import.meta.url).resolve('better-sqlite3'))
  const script = `const db = new (require(${sqlite}))(${JSON.stringify(`${path}/${name}.lock`)}); db.exec('BEGIN EXCLUSIVE'); console.log('held'); setInterval(() => 0, 1000)`
  const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] })
  await once(child.stdout, 'data')
  return async () => {
    child.kill('SIGKILL')
    await once(child, 'exit')
  }
}

describe('a lock on a project', () => {
  it('is held once, and can be taken again when it was released', () => {
    const lock = takeProcessLock(path, 'jobs')
    expect(takeProcessLock(path, 'jobs')).toBeNull()
    const other = takeProcessLock(path, 'import')
    expect(other).not.toBeNull()
    lock!.release()
    lock!.release()
    const again = takeProcessLock(path, 'jobs')
    expect(again).not.toBeNull()
    again!.release()
    other!.release()
  })

  it('ends with the process that holds it, however that ends', async () => {
    const kill = await holdElsewhere('jobs')
    expect(takeProcessLock(path, 'jobs')).toBeNull()
    await kill()
    const lock = takeProcessLock(path, 'jobs')
    expect(lock).not.toBeNull()
    lock!.release()
  })
})

describe('a project that is opened', () => {
  let client: Client
  beforeEach(() => {
    client = newClient()
    const db = openCatalogue(path)
    saveJob(db, { ...newJob('theirs', { kind: 'import', params: {} }), state: 'running' })
    db.close()
  })
  afterEach(() => client.desk.close())

  it('leaves the running jobs of another process alone, and starts none beside them', async () => {
    const kill = await holdElsewhere('jobs')
    await client.desk.open(path)
    expect(client.desk.jobs()).toMatchObject([{ id: 'theirs', state: 'running' }])
    const refused = await client.post('/api/jobs', { kind: 'import', params: { images: path } })
    expect(errorOf(refused)).toEqual({ status: 409, code: 'job/running' })
    expect(client.desk.jobs()).toHaveLength(1)
    await kill()
    expect(client.desk.jobs()).toMatchObject([{ id: 'theirs', state: 'interrupted' }])
  })

  it('calls the jobs of a process that is gone interrupted', async () => {
    await client.desk.open(path)
    expect(client.desk.jobs()).toMatchObject([{ id: 'theirs', state: 'interrupted' }])
  })

  it('again while it is open keeps its running job', async () => {
    await client.desk.open(path)
    const job = await client.desk.submit({ kind: 'import', params: { images: path } })
    await client.desk.open(path)
    expect(await client.desk.project().runner.finished(job.id)).toMatchObject({ error: { code: 'import/no-images' } })
    expect(readJobs(client.desk.project().db).find(({ id }) => id === job.id)).toMatchObject({ state: 'failed' })
  })
})
