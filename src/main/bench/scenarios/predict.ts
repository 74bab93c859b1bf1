import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { modelCardSchema, type ModelCard } from '@shared/contract/records'
import { answerNames } from '@shared/science/tree/decision-tree'
import type { GalaxyImage } from '@main/catalogue/views'
import { buildNetwork } from '@main/compute/model/build'
import { summarise } from '@main/compute/model/summary'
import { saveWeights } from '@main/compute/model/weights'
import { writeAtomic } from '@main/compute/model/write-atomic'
import { forEachSamples } from '@main/compute/tasks/concentrations'
import { decodeBatches } from '@main/compute/tasks/decode'
import { keepFeatures, type KeptFeatures } from '@main/compute/tasks/features'
import { modelFolder, openModel, type OpenModel } from '@main/compute/tasks/model-folder'
import { viewDrawer } from '@main/compute/tasks/view-batch'
import { readImageList } from '../image-files'
import type { SideSettings } from '../protocol'
import type { Prepared } from './index'
import { startBenchEngine, writeArrays, writeQuestions } from './support'
import { SEED, surveyTree } from './support-tree'

const MODEL = 'bench'
/** The centred view: what V = 1 means. */
const VIEWS = 1
/** Galaxies whose features both sides compare, every eighth of them. */
const CHECKED = 8
const CHECK_EVERY = 8

/** From files to kept features, each round anew. */
export async function preparePredict(settings: SideSettings): Promise<Prepared> {
  const survey = await openSurvey(settings)
  const checked = survey.galaxies.slice(0, CHECKED)
  const { store, rows, encoder } = await survey.keep(checked)
  const features_NF = store.read(rows)
  store.close()
  await writeViews(settings, checked)
  const { parameters } = summarise(survey.model.network)
  return {
    about: {
      engine: survey.engine,
      program: `${encoder!.name} (engine ${survey.program})`,
      unit: 'galaxy',
      values: [...features_NF].filter((_, i) => i % CHECK_EVERY === 0),
      parameters,
      notes: encoder!.note === null ? [] : [encoder!.note],
    },
    units: survey.galaxies.length,
    round: async () => {
      survey.forget()
      const kept = await survey.keep(survey.galaxies)
      kept.store.close()
      return undefined
    },
  }
}

/** The views that the peer's network is checked with: of its own decoder's it would give slightly other features. That one is checked by the bench images. */
async function writeViews({ folder, sizePx }: SideSettings, galaxies: readonly GalaxyImage[]): Promise<void> {
  const drawer = viewDrawer('efficientnet-b0', sizePx, { views: VIEWS, seed: SEED })
  for await (const batch of decodeBatches(galaxies, drawer.storedPx, galaxies.length))
    writeArrays(folder, 'views', { views: { shape: [batch.length, sizePx, sizePx], values: drawer.draw(batch) } })
}

/** From files to dropout samples. */
export async function prepareSamples(settings: SideSettings): Promise<Prepared> {
  const survey = await openSurvey({ ...settings, folder: join(settings.folder, `samples-${settings.samples}`) }, settings.folder)
  return {
    about: { engine: survey.engine, program: survey.program, unit: 'galaxy', notes: [`${settings.samples} dropout samples of one view`] },
    units: survey.galaxies.length,
    round: async () => {
      survey.forget()
      const kept = await survey.keep(survey.galaxies)
      await survey.sample(kept)
      kept.store.close()
      return undefined
    },
  }
}

/** Dropout samples of features that are kept already: no image is touched. */
export async function prepareResample(settings: SideSettings): Promise<Prepared> {
  const survey = await openSurvey(settings)
  const kept = await survey.keep(survey.galaxies)
  return {
    about: {
      engine: survey.engine,
      program: survey.program,
      unit: 'galaxy',
      notes: [`${settings.samples} dropout samples of one view, images untouched`],
    },
    units: survey.galaxies.length,
    round: async () => {
      await survey.sample(kept)
      return undefined
    },
    close: () => kept.store.close(),
  }
}

type Survey = {
  engine: string
  program: string
  model: OpenModel
  galaxies: GalaxyImage[]
  keep: (galaxies: readonly GalaxyImage[]) => Promise<KeptFeatures>
  sample: (kept: KeptFeatures) => Promise<void>
  /** Throws the kept features away. */
  forget: () => void
}

async function openSurvey({ folder, engine: asked, sizePx, samples }: SideSettings, listFolder = folder): Promise<Survey> {
  const { engine, program, context } = await startBenchEngine(asked)
  const project = join(folder, 'bench.galaxydesk')
  await writeModel(project, sizePx, engine)
  writeQuestions(folder, surveyTree)
  const model = await openModel(project, MODEL)
  const galaxies = (await readImageList(listFolder)).map((path, i) => ({ galaxyKey: i + 1, id: String(i), path, checksum: '' }))
  return {
    engine,
    program,
    model,
    galaxies,
    keep: (wanted) => keepFeatures(project, model, wanted, { views: VIEWS, seed: SEED, isChecked: false }, context),
    sample: (kept) => forEachSamples(model, kept.store, kept, { views: VIEWS, sampleCount: samples, seed: SEED }, context, () => undefined),
    forget: () => rmSync(join(project, 'features'), { recursive: true, force: true }),
  }
}

/** A model of random weights: how fast it predicts does not depend on what it has learnt. */
async function writeModel(project: string, sizePx: number, engine: string): Promise<void> {
  const outputs = answerNames(surveyTree)
  const network = buildNetwork('efficientnet-b0', { outputCount: outputs.length, sizePx, seed: SEED })
  const folder = modelFolder(project, MODEL)
  mkdirSync(folder, { recursive: true })
  const card: ModelCard = modelCardSchema.parse({
    ...{ id: MODEL, network: network.name, parent: null, round: 0, treeId: surveyTree.id, treeVersion: '', outputs },
    ...{ likelihood: network.likelihood, sizePx, batch: 16, epochs: 1, bestEpoch: 1, bestValidationLoss: null, seed: SEED, engine },
    ...{ trainingGalaxies: 1, validationGalaxies: 0, combine: 'replace', expertWeight: 1, trainedPart: 'all', trainingSeconds: 0 },
    ...{ parameters: summarise(network).parameters, createdAt: new Date(0).toISOString() },
    weightsSha256: await saveWeights(join(folder, 'weights.safetensors'), network),
  })
  await writeAtomic(join(folder, 'card.json'), new TextEncoder().encode(JSON.stringify(card)))
  network.dispose()
}
