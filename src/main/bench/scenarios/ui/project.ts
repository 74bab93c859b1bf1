import { randomUUID } from 'node:crypto'
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { modelCardSchema } from '@shared/contract/records'
import { createRandom } from '@shared/science/stats/random'
import { answerNames } from '@shared/science/tree/decision-tree'
import type { ImportedImage } from '@main/catalogue/imports'
import { appendLabel } from '@main/catalogue/labels'
import { saveModel } from '@main/catalogue/models'
import { openCatalogue, type WritableDb } from '@main/catalogue/open'
import { savePredictions } from '@main/catalogue/predictions'
import { openRound } from '@main/catalogue/rounds'
import { readCandidates } from '@main/catalogue/training-set'
import { runWork } from '@main/catalogue-thread/run'
import { readImage } from '@main/ingest/images/read-image'
import { drawImages } from '../../image-files'
import { SEED, surveyTree } from '../support-tree'
import { makeSurvey } from '../survey'

const IMAGE_PX = 424
const LABELLED = 5_000
/** So many of the labelled galaxies carry one flag. */
const LABELLED_PER_FLAG = 50
const MODEL = 'bench-model'

/** `queue`: galaxies of the open round, every one with an image file of its own. */
export type SurveySize = { readonly galaxies: number; readonly queue: number }

/**
 * The project of `bench ui`, made where it is not in `folder` yet: a survey with volunteers' votes, predictions of all galaxies and images that many of
 * them share; a fifth held out, a quarter of the rest revealed; a closed round with up to 5,000 galaxies labelled by two annotators, some flagged; and
 * an open round of `queue` galaxies with scores. Gives its path.
 */
export async function uiProject(folder: string, { galaxies, queue }: SurveySize, onProgress: (text: string) => void): Promise<string> {
  const path = join(folder, `ui-${galaxies}-${queue}.galaxydesk`)
  if (existsSync(path)) {
    // One that an earlier version made is brought up to date here, and not in every round; what it was before is of no use to anybody.
    openCatalogue(path).close()
    rmSync(join(path, 'backups'), { recursive: true, force: true })
    mkdirSync(join(path, 'backups'))
    return path
  }
  const draft = `${path}.part`
  rmSync(draft, { recursive: true, force: true })
  const images = await readImages(folder, queue, onProgress)
  onProgress(`making a survey of ${galaxies.toLocaleString('en')} galaxies`)
  makeSurvey(draft, galaxies, { image: (place) => images[place % images.length]! })
  onProgress('splitting it')
  await runWork({ kind: 'split', projectPath: draft, request: { test: 0.2, initial: 0.25, seed: SEED } })
  const db = openCatalogue(draft)
  try {
    onProgress('predicting every galaxy')
    await predictAll(db, galaxies)
    labelSome(db, Math.min(LABELLED, Math.floor(galaxies / 10)))
    openQueue(db, queue)
  } finally {
    db.close()
  }
  renameSync(draft, path)
  return path
}

async function readImages(folder: string, count: number, onProgress: (text: string) => void): Promise<ImportedImage[]> {
  const images: ImportedImage[] = []
  for (const file of await drawImages(count, IMAGE_PX, { scratch: folder, onProgress })) {
    const read = await readImage(file)
    if (!('checksum' in read)) throw new Error(read.message)
    images.push({ ...read, pixelScaleArcsec: 0.262 })
  }
  return images
}

async function predictAll(db: WritableDb, galaxies: number): Promise<void> {
  const outputs = answerNames(surveyTree)
  const card = {
    ...{ id: MODEL, network: 'efficientnet-b0', parent: null, round: 0, treeId: surveyTree.id, treeVersion: 'bench', outputs },
    ...{ likelihood: 'dirichlet-multinomial', sizePx: 224, batch: 16, epochs: 1, bestEpoch: 1, bestValidationLoss: null, seed: SEED },
    ...{ engine: 'bench', trainingGalaxies: 1, validationGalaxies: 0, combine: 'replace', expertWeight: 1, trainedPart: 'all' },
    ...{ trainingSeconds: 0, parameters: 1, createdAt: new Date().toISOString(), weightsSha256: '' },
  }
  saveModel(db, modelCardSchema.parse(card))
  const random = createRandom(SEED, 'bench-predictions')
  const keys = db.prepare<[], number>('SELECT galaxy_key FROM galaxies ORDER BY galaxy_key').pluck().all()
  if (keys.length !== galaxies) throw new Error(`${keys.length} of ${galaxies} galaxies are in the catalogue`)
  const fractions_NA = new Float32Array(galaxies * outputs.length)
  for (let i = 0; i < fractions_NA.length; i++) fractions_NA[i] = random.next()
  await savePredictions(db, MODEL, keys, fractions_NA)
}

const pickOf = (galaxyKey: number, score: number) => ({ galaxyKey, score, isRandom: false, inclusionProbability: null, parts: {} })
const chosenBy = { strategy: 'mutual-information', modelId: MODEL, seed: SEED, params: {} } as const

/** A round that two annotators have answered, each every second galaxy. */
function labelSome(db: WritableDb, count: number): void {
  const keys: number[] = []
  for (const { galaxyKey } of readCandidates(db)) {
    if (keys.length === count) break
    keys.push(galaxyKey)
  }
  const score = createRandom(SEED, 'bench-scores')
  openRound(
    db,
    chosenBy,
    keys.map((key) => pickOf(key, score.next())),
  )
  db.transaction(() => {
    for (const [place, galaxyKey] of keys.entries()) {
      const entry = { galaxyKey, annotator: place % 2 === 0 ? 'Ada' : 'Ben' }
      const answers = { 'smooth-or-featured': 'smooth', 'how-rounded': place % 3 === 0 ? 'round' : 'in-between', merging: 'none' }
      for (const [question, answer] of Object.entries(answers))
        appendLabel(db, { ...entry, uuid: randomUUID(), kind: 'answer', question, answer, durationMs: 1500 })
      if (place % LABELLED_PER_FLAG === 0) appendLabel(db, { ...entry, uuid: randomUUID(), kind: 'flag' })
    }
  }).immediate()
}

/** Galaxies from all over the survey whose image files are all different: the one at place p has file p modulo `count`. */
function openQueue(db: WritableDb, count: number): void {
  const firstKey = db.prepare<[], number>('SELECT min(galaxy_key) FROM galaxies').pluck().get()!
  const byFile = new Map<number, number[]>()
  for (const { galaxyKey } of readCandidates(db)) {
    const file = (galaxyKey - firstKey) % count
    byFile.set(file, [...(byFile.get(file) ?? []), galaxyKey].slice(-4))
  }
  const score = createRandom(SEED, 'bench-queue')
  const picks = [...byFile.values()].map((keys) => pickOf(keys[score.integer(keys.length)]!, score.next()))
  openRound(
    db,
    chosenBy,
    picks.sort((a, b) => b.score - a.score),
  )
}
