import { existsSync } from 'node:fs'
import { cp, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { modelCardSchema, type ModelCard } from '@shared/contract/records'
import { acquireParamsSchema, predictParamsSchema, sampleParamsSchema, type SampleParams } from '@shared/contract/job'
import { projectFolder, type WritableDb } from '@main/catalogue/database'
import { listModels, saveModel } from '@main/catalogue/models'
import { splitSurvey } from '@main/catalogue/splits'
import { readSetting, writeSetting } from '@main/catalogue/settings'
import { readSplit } from '@main/catalogue/split-record'
import { readSummary } from '@main/catalogue/summary'
import { projectTree } from '@main/catalogue/trees'
import { runImport } from '@main/ingest/run-import'
import { writeSample } from '@main/ingest/write-sample'
import type { JobContext, JobRunner } from '@main/jobs/runner'
import { resourcePath } from '@main/paths'
import type { Loop } from './loop'

const TEST_SHARE = 0.2
const INITIAL_SHARE = 0.25
const FIRST_ROUND = 32
/** One centred view: the first galaxy should be on screen within a minute of the first start. */
const FIRST_VIEWS = 1

const SETTING = 'sample'

/** What a project is to be created with so that `finishSample` knows what it is for. */
export const sampleSettings = (params: SampleParams) => ({ [SETTING]: params })

/**
 * Goes on with a sample whose making was cut off, whenever that was: its job is resumed, or begun where not even that was there. One that the
 * user cancelled, or that failed, is left to the user.
 */
export function finishSample(db: WritableDb, runner: JobRunner): void {
  const job = runner.list().find(({ job: { kind } }) => kind === 'sample')
  if (job?.state === 'interrupted') runner.resume(job.id)
  if (job) return
  const wanted = sampleParamsSchema.safeParse(readSetting(db, SETTING))
  if (wanted.success) runner.submit({ kind: 'sample', params: wanted.data })
}

/**
 * Fills a new project with simulated galaxies, splits it, and lets the model that comes with the program choose the first round. Each step is
 * left out when it was done before, so that a start that was broken off goes on.
 */
export async function fillSample(
  db: WritableDb,
  { galaxies, seed }: SampleParams,
  context: JobContext,
  loop: Loop,
): Promise<{ model: string | null; round: number | null }> {
  const folder = projectFolder(db)
  const { signal, onProgress } = context
  if (readSummary(db).counts.galaxies === 0) {
    const drawing = join(folder, 'sample')
    const startedAt = performance.now()
    const report = (done: number, total: number) => {
      const seconds = (performance.now() - startedAt) / 1000
      onProgress({ phase: 'drawing galaxies', done, total, secondsLeft: (seconds / done) * (total - done) })
    }
    if (!existsSync(join(drawing, 'galaxies.csv')))
      await writeSample(drawing, { galaxies, seed, imageFolder: join(drawing, 'images'), onProgress: report, signal })
    await runImport(folder, { table: join(drawing, 'galaxies.csv'), images: join(drawing, 'images') }, { signal, onProgress })
  }
  if (readSplit(db) === null) splitSurvey(db, { test: TEST_SHARE, initial: INITIAL_SHARE, seed })
  // scripts/make-sample-model.mjs starts from a sample without one.
  if (!existsSync(resourcePath('sample-model', 'card.json'))) {
    writeSetting(db, SETTING, null)
    return { model: null, round: null }
  }
  const { id } = listModels(db)[0] ?? (await installSampleModel(db))
  if (readSummary(db).openRound === null) {
    await loop.predict(predictParamsSchema.parse({ model: id, views: FIRST_VIEWS, seed }), context)
    await loop.measure(id)
    await loop.acquire(acquireParamsSchema.parse({ model: id, count: FIRST_ROUND, seed }), context)
  }
  writeSetting(db, SETTING, null)
  return { model: id, round: readSummary(db).openRound }
}

/** Puts the model that comes with the program into the project, as the model of round 0. */
async function installSampleModel(db: WritableDb): Promise<ModelCard> {
  const shipped = modelCardSchema.parse(JSON.parse(await readFile(resourcePath('sample-model', 'card.json'), 'utf8')))
  const { version } = projectTree(db)
  if (shipped.treeVersion !== version) throw new Error(`the sample's model was made for another version of the tree ${shipped.treeId}`)
  const target = join(projectFolder(db), 'models', shipped.id)
  await rm(`${target}.new`, { recursive: true, force: true })
  await cp(resourcePath('sample-model'), `${target}.new`, { recursive: true })
  await rm(target, { recursive: true, force: true })
  await rename(`${target}.new`, target)
  saveModel(db, shipped)
  return shipped
}
