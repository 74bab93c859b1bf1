import { mkdir, readdir, rename, rm, rmdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import sharp from 'sharp'
import { AppError } from '@shared/science/errors'
import { drawParameters } from '@shared/science/simulate/draw'
import type { GalaxyParameters } from '@shared/science/simulate/parameters'
import { skyPosition } from '@shared/science/simulate/position'
import { trueProbabilities } from '@shared/science/simulate/probabilities'
import { pixelScaleArcsec, renderGalaxy } from '@shared/science/simulate/render'
import { drawVolunteerCount, simulateVolunteers } from '@shared/science/simulate/volunteers'
import { createRandom } from '@shared/science/stats/random'
import { findTree } from '@shared/science/tree/built-in'
import { answerNames, type DecisionTree } from '@shared/science/tree/decision-tree'
import { totalVotes } from '@shared/science/tree/votes'

/** Side of the sample's pictures, and how hard they are compressed: no worse than the survey's own cutouts. */
export const sampleSizePx = 256
const jpegQuality = 92

/** Encoding runs on sharp's threads while the next galaxies are drawn here. */
const picturesInFlight = 4

export type SampleOptions = {
  readonly galaxies: number
  readonly seed: number
  /** gz2 when left out, the only tree whose answers are known for simulated galaxies. */
  readonly tree?: DecisionTree
  /** Where the pictures go; `images` in the sample's folder when left out. */
  readonly imageFolder?: string
  readonly onProgress?: (done: number, total: number) => void
  readonly signal?: AbortSignal
}

/** The files of a sample. `table` is ready for import with `imageFolder`; `truth` is for those who want to know how good a model is. */
export type Sample = { readonly imageFolder: string; readonly table: string; readonly truth: string; readonly galaxies: number }

/** `SIM-000001-000042`: seed 1, galaxy 42. */
export const sampleId = (seed: number, index: number) => `SIM-${String(seed).padStart(6, '0')}-${String(index).padStart(6, '0')}`

/**
 * Writes a survey of simulated galaxies with the votes of simulated volunteers: JPEG pictures, `galaxies.csv` (id, file_name, ra, dec,
 * pixel_scale, votes by `question_answer`, totals) and `truth.csv` (what each galaxy is and the true probability of each answer of a question
 * that is asked). All of it appears at the end or, when it is cancelled or fails, none of it. Throws `sample/exists` where one of the files
 * is there already, `sample/unknown-tree`, and the signal's reason.
 */
export async function writeSample(folder: string, options: SampleOptions): Promise<Sample> {
  const tree = options.tree ?? findTree('gz2')
  const imageFolder = options.imageFolder ?? join(folder, 'images')
  const targets = [imageFolder, join(folder, 'truth.csv'), join(folder, 'galaxies.csv')] as const
  await refuseExisting(targets)
  const partial = targets.map((target) => `${target}.partial`) as [string, string, string]
  const removePartial = () => Promise.all(partial.map((path) => rm(path, { recursive: true, force: true })))
  await removePartial()
  const placed: string[] = []
  try {
    await mkdir(folder, { recursive: true })
    await mkdir(dirname(imageFolder), { recursive: true })
    await mkdir(partial[0])
    const rows = await writePictures(partial[0], tree, options)
    await writeFile(partial[1], csv([truthHeader(tree), ...rows.map(({ truth }) => truth)]))
    await writeFile(partial[2], csv([tableHeader(tree), ...rows.map(({ votes }) => votes)]))
    options.signal?.throwIfAborted()
    // Only an empty folder lets itself be removed; not every system renames onto one.
    await rmdir(imageFolder).catch(() => undefined)
    for (const [at, target] of targets.entries()) {
      await rename(partial[at]!, target)
      placed.push(target)
    }
  } catch (error) {
    await Promise.all(placed.map((path) => rm(path, { recursive: true, force: true })))
    await removePartial()
    throw error
  }
  return { imageFolder, truth: targets[1], table: targets[2], galaxies: options.galaxies }
}

type Row = { readonly votes: readonly (string | number)[]; readonly truth: readonly (string | number)[] }

async function writePictures(folder: string, tree: DecisionTree, { galaxies, seed, onProgress, signal }: SampleOptions): Promise<Row[]> {
  const rows: Row[] = []
  const inFlight = new Set<Promise<void>>()
  let done = 0
  try {
    for (let index = 0; index < galaxies; index++) {
      signal?.throwIfAborted()
      const parameters = drawParameters(seed, index)
      rows.push(describe(parameters, tree))
      const picture = writePicture(join(folder, fileName(seed, index)), renderGalaxy(parameters, sampleSizePx)).then(() => {
        inFlight.delete(picture)
        onProgress?.(++done, galaxies)
      })
      inFlight.add(picture)
      if (inFlight.size >= picturesInFlight) await Promise.race(inFlight)
      // Whoever shares this thread gets a turn between two galaxies.
      await new Promise(setImmediate)
    }
    await Promise.all(inFlight)
  } finally {
    // Nothing may still be writing into a folder that is about to be removed.
    await Promise.allSettled(inFlight)
  }
  return rows
}

async function writePicture(path: string, pixels_HWC: Uint8Array): Promise<void> {
  const raw = { width: sampleSizePx, height: sampleSizePx, channels: 3 } as const
  await sharp(pixels_HWC, { raw }).jpeg({ quality: jpegQuality }).toFile(path)
}

const fileName = (seed: number, index: number) => `${sampleId(seed, index)}.jpg`

const tableHeader = (tree: DecisionTree) => [
  'id',
  'file_name',
  'ra',
  'dec',
  'pixel_scale',
  ...answerNames(tree),
  ...tree.questions.map((question) => `${question.name}_total-votes`),
]
const truthHeader = (tree: DecisionTree) => [
  'id',
  'kind',
  'magnitude_r',
  'radius90_arcsec',
  ...answerNames(tree).map((answer) => `${answer}_probability`),
]

function describe(parameters: GalaxyParameters, tree: DecisionTree): Row {
  const { seed, index } = parameters
  const id = sampleId(seed, index)
  const random = createRandom(seed, 'volunteers', index)
  const votes_A = simulateVolunteers(parameters, tree, random, drawVolunteerCount(random))
  const { raDeg, decDeg } = skyPosition(seed, index)
  const probabilities = trueProbabilities(parameters)
  return {
    votes: [
      id,
      fileName(seed, index),
      raDeg.toFixed(6),
      decDeg.toFixed(6),
      pixelScaleArcsec(parameters, sampleSizePx).toFixed(6),
      ...votes_A,
      ...totalVotes(tree, votes_A),
    ],
    truth: [
      id,
      parameters.kind,
      parameters.body.magnitudeR.toFixed(3),
      parameters.radius90Arcsec.toFixed(3),
      ...tree.questions.flatMap(({ name }) => probabilities[name]!.map((probability) => probability.toFixed(6))),
    ],
  }
}

/** Names and numbers only, so nothing needs quotes. */
const csv = (rows: readonly (readonly (string | number)[])[]) => rows.map((row) => `${row.join(',')}\n`).join('')

/** An empty folder for the pictures may be there: a new project has one. */
async function refuseExisting(targets: readonly string[]): Promise<void> {
  for (const target of targets) {
    const entries = await readdir(target).catch((error: NodeJS.ErrnoException) => (error.code === 'ENOENT' ? [] : [target]))
    if (entries.length === 0) continue
    throw new AppError('sample/exists', `${target} is there already, and a sample never replaces files. Choose an empty folder.`)
  }
}
