import { createHash } from 'node:crypto'
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as tf from '@tensorflow/tfjs-core'
import sharp from 'sharp'
import { afterAll } from 'vitest'
import type { EngineName } from '@shared/contract/engine'
import { trainParamsSchema, type JobProgress, type TrainParams } from '@shared/contract/job'
import { parseTree } from '@shared/science/tree/parse-tree'
import { openCatalogue, type WritableDb } from '@main/catalogue/open'
import { createProject } from '@main/catalogue/project'
import { splitSurvey } from '@main/catalogue/splits'
import { projectTree } from '@main/catalogue/trees'
import { ensureVoteSet } from '@main/catalogue/votes'
import { startEngine } from '@main/compute/engine'
import { runTask } from '@main/compute/tasks/run-task'
import type { ComputeHandle } from '@main/jobs/compute-handle'
import type { JobContext } from '@main/jobs/runner'
import { packageRoot } from '@main/paths'
import { createLoop, type Loop } from '@main/services/loop'
import { importRows, reopened, row, temporaryFolder } from '../catalogue/support'

const brightTree = parseTree({ id: 'bright', questions: [{ name: 'bright', answers: ['yes', 'no'] }] })

/** The engine wasm, twenty times as fast, where its kernels are built. */
export async function useFastest(): Promise<void> {
  await startEngine(existsSync(join(packageRoot(), 'out', 'kernels', 'worker.cjs')) ? 'wasm' : 'cpu')
}

/** The real compute code in this process. `engine` is what its engine calls itself. */
export function computeHere(engine = tf.getBackend() as EngineName): ComputeHandle {
  const report = { engine, engines: [], advice: '' }
  return {
    report: async () => report,
    run: (task, { onProgress = () => undefined, signal = new AbortController().signal } = {}) =>
      runTask(task, { engine: report, onProgress, signal }) as never,
    useEngine: () => undefined,
    stop: () => undefined,
  }
}

/** Writes an image of one grey level. */
export async function drawGrey(path: string, grey: number): Promise<Buffer> {
  const create = { width: 24, height: 24, channels: 3, background: { r: grey, g: grey, b: grey } } as const
  const bytes = await sharp({ create }).png().toBuffer()
  writeFileSync(path, bytes)
  return bytes
}

/** The smallest training there is. */
export const tinyTraining = (change: Partial<TrainParams> = {}): TrainParams =>
  trainParamsSchema.parse({ network: 'w20-cnn-tree', sizePx: 16, batch: 4, epochs: 1, ...change })

const defaultPlan = { count: 16, test: 4, initial: 8, votesEach: 10 }
type SurveyPlan = Partial<typeof defaultPlan>

/** Galaxies g1 … of one grey level each, with the votes of volunteers on whether they are bright; split, the votes of round 0 revealed. */
async function makeSurvey(folder: string, plan: SurveyPlan): Promise<string> {
  const { count, test, initial, votesEach } = { ...defaultPlan, ...plan }
  const path = createProject(join(folder, 'survey.galaxydesk'), brightTree)
  mkdirSync(join(path, 'images'))
  const db = openCatalogue(path)
  const voteSetKey = ensureVoteSet(db, 'recorded', projectTree(db).version).key
  const rows = []
  for (let i = 1; i <= count; i++) {
    const file = join(path, 'images', `g${i}.png`)
    const checksum = createHash('sha256')
      .update(await drawGrey(file, Math.round((200 * i) / count)))
      .digest('hex')
    const yes = Math.round((votesEach * i) / count)
    const image = { path: file, pixelScaleArcsec: null, widthPx: 24, heightPx: 24, checksum }
    rows.push(row(`g${i}`, { image, votes: [{ voteSetKey, counts_A: [yes, votesEach - yes] }] }))
  }
  importRows(db, rows)
  splitSurvey(db, { test, initial, seed: 1 })
  db.close()
  return path
}

export type TinySurvey = { path: string; db: WritableDb; loop: Loop; imageOf: (id: string) => string }

function openSurvey(path: string): TinySurvey {
  const db = reopened(path)
  return { path, db, loop: createLoop(db, computeHere()), imageOf: (id) => join(path, 'images', `${id}.png`) }
}

export async function tinySurvey(plan: SurveyPlan = {}): Promise<TinySurvey> {
  return openSurvey(await makeSurvey(temporaryFolder(), plan))
}

const templates = new Map<string, Promise<string>>()
const templateFolders: string[] = []
afterAll(() => {
  for (const folder of templateFolders) rmSync(folder, { recursive: true })
})

/** The same with model-001; a copy of one that is trained once. */
export async function trainedSurvey(plan: SurveyPlan = {}): Promise<TinySurvey> {
  const key = JSON.stringify(plan)
  const template = templates.get(key) ?? trainTemplate(plan)
  templates.set(key, template)
  const path = join(temporaryFolder(), 'survey.galaxydesk')
  cpSync(await template, path, { recursive: true, preserveTimestamps: true })
  return openSurvey(path)
}

async function trainTemplate(plan: SurveyPlan): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'loop-'))
  templateFolders.push(folder)
  const path = await makeSurvey(folder, plan)
  const db = openCatalogue(path)
  try {
    await createLoop(db, computeHere()).train(tinyTraining(), jobContext('template'))
  } finally {
    db.close()
  }
  return path
}

export type TestContext = JobContext & { phases: JobProgress[] }
type ContextOptions = { modelId?: string | null; until?: (progress: JobProgress) => boolean }

/** A job's context that remembers what it was told; it is cancelled at the first progress for which `until` holds. */
export function jobContext(jobId: string, { modelId = null, until = () => false }: ContextOptions = {}): TestContext {
  const controller = new AbortController()
  const context: TestContext = {
    jobId,
    modelId,
    phases: [],
    signal: controller.signal,
    onProgress: (progress) => {
      context.phases.push(progress)
      if (until(progress)) controller.abort()
    },
    setModelId: (id) => (context.modelId = id),
  }
  return context
}

/** Of the image of a galaxy, as the catalogue has it. */
export function keptChecksum(db: WritableDb, id: string): string {
  return db.prepare<[string], string>('SELECT checksum FROM views JOIN galaxies USING (galaxy_key) WHERE id = ?').pluck().get(id)!
}
