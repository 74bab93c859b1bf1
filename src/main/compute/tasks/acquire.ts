import { join } from 'node:path'
import type { Prediction } from '@shared/science/acquisition/candidates'
import { mixChoice, planChoice } from '@shared/science/acquisition/choose'
import { createRandom } from '@shared/science/stats/random'
import type { DecisionTree } from '@shared/science/tree/decision-tree'
import { openCatalogue } from '@main/catalogue/open'
import { readCandidates } from '@main/catalogue/training-set'
import { projectTree } from '@main/catalogue/trees'
import { writeAtomic } from '../model/write-atomic'
import type { ComputeResults, ComputeTask } from '../protocol'
import { startScoreStream } from '../score/stream'
import { catalogueWalk } from './catalogue-walk'
import { forEachSamples } from './concentrations'
import type { TaskContext } from './context'
import { keepFeatures } from './features'
import { keptViewPlan } from './feature-store'
import { openModel, type OpenModel } from './model-folder'

/** The views of galaxies that were never predicted under this model. */
const DEFAULT_VIEWS = 5

/**
 * Chooses the galaxies of the next round from the pool, by what the model's dropout samples say of them: they are scored while they are drawn,
 * and nothing is kept of them but scores and the samples of the best. Touches no image that was predicted.
 */
export async function acquire(task: Extract<ComputeTask, { kind: 'acquire' }>, context: TaskContext): Promise<ComputeResults['acquire']> {
  const { projectPath, modelId, params } = task
  const db = openCatalogue(projectPath, { readonly: true })
  const { tree } = projectTree(db)
  db.close()
  const imported = catalogueWalk(projectPath, readCandidates)
  const model = await openModel(projectPath, modelId)
  try {
    const views = keptViewPlan(join(projectPath, 'features', modelId)) ?? { views: DEFAULT_VIEWS, seed: params.seed }
    const { store, changed, ...galaxies } = await keepFeatures(projectPath, model, imported, { ...views, isChecked: false }, context)
    const { galaxyKeys } = galaxies
    try {
      const prediction = predictionOf(model, tree, { sampleCount: views.views * params.samples, votes: params.votes })
      const random = createRandom(params.seed, 'acquire', modelId)
      const plan = planChoice(prediction, galaxyKeys.length, params.strategy, params.count, params.randomShare, random)
      const stream = await startScoreStream({
        prediction,
        galaxyCount: galaxyKeys.length,
        ranking: plan.ranking,
        count: plan.wanted,
        // Whoever has the store open is the only one at this model's files.
        keptPath: join(model.folder, 'samples.f32'),
      })
      try {
        const draw = { views: views.views, sampleCount: params.samples, seed: params.seed }
        await forEachSamples(model, store, galaxies, draw, context, ({ samples_KA }) => stream.put(samples_KA))
        const { best, score_N, meanSampleSpread } = await stream.finish(context)
        if (plan.ranking !== null) await keepScores(model.folder, galaxyKeys, score_N)
        const picked = mixChoice(plan, best, random).map(({ index, ...pick }) => ({ galaxyKey: galaxyKeys[index]!, ...pick }))
        return { galaxies: picked, changed, candidates: galaxyKeys.length, meanSampleSpread }
      } finally {
        await stream.close()
      }
    } finally {
      store.close()
    }
  } finally {
    model.network.dispose()
  }
}

/**
 * The scores of all candidates of a model's latest acquisition, for views of them: `scores.f32` (float32) in the order of the galaxy keys in
 * `scores-keys.i32` (int32), both little-endian.
 */
async function keepScores(folder: string, galaxyKeys: Int32Array, score_N: Float64Array): Promise<void> {
  await writeAtomic(join(folder, 'scores-keys.i32'), new Uint8Array(Int32Array.from(galaxyKeys).buffer))
  await writeAtomic(join(folder, 'scores.f32'), new Uint8Array(Float32Array.from(score_N).buffer))
}

function predictionOf({ card }: OpenModel, tree: DecisionTree, counts: Pick<Prediction, 'sampleCount' | 'votes'>): Prediction {
  if (card.likelihood === 'dirichlet-multinomial') return { kind: 'dirichlet-multinomial', tree, ...counts }
  const output = card.outputs[0]!
  const question = tree.questions.find(({ name, answers }) => answers.some((answer) => `${name}_${answer}` === output))!
  return { kind: 'binomial', question: question.name, ...counts }
}
