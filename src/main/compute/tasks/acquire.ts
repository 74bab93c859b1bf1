import { join } from 'node:path'
import type { Candidates } from '@shared/science/acquisition/candidates'
import { chooseGalaxies } from '@shared/science/acquisition/choose'
import { createRandom } from '@shared/science/stats/random'
import type { DecisionTree } from '@shared/science/tree/decision-tree'
import { openCatalogue } from '@main/catalogue/open'
import { readCandidates } from '@main/catalogue/training-set'
import { projectTree } from '@main/catalogue/trees'
import type { ComputeResults, ComputeTask } from '../protocol'
import { catalogueWalk } from './catalogue-walk'
import { forEachSamples } from './concentrations'
import type { TaskContext } from './context'
import { keepFeatures } from './features'
import { keptViewPlan } from './feature-store'
import { openModel, type OpenModel } from './model-folder'
import { createSampleFile } from './sample-file'

/** The views of galaxies that were never predicted under this model. */
const DEFAULT_VIEWS = 5

/** Chooses the galaxies of the next round from the pool, by what the model's dropout samples say of them. Touches no image that was predicted. */
export async function acquire(task: Extract<ComputeTask, { kind: 'acquire' }>, context: TaskContext): Promise<ComputeResults['acquire']> {
  const { projectPath, modelId, params } = task
  const db = openCatalogue(projectPath, { readonly: true })
  const { tree } = projectTree(db)
  db.close()
  const imported = catalogueWalk(projectPath, readCandidates)
  const model = await openModel(projectPath, modelId)
  try {
    const plan = keptViewPlan(join(projectPath, 'features', modelId)) ?? { views: DEFAULT_VIEWS, seed: params.seed }
    const { store, changed, ...galaxies } = await keepFeatures(projectPath, model, imported, { ...plan, isChecked: false }, context)
    try {
      const sampleCount = plan.views * params.samples
      const width = sampleCount * (model.card.likelihood === 'binomial' ? 1 : model.network.outputCount)
      // Whoever has the store open is the only one at this model's files.
      const samples = createSampleFile(join(model.folder, 'samples.f32'), width)
      try {
        await forEachSamples(
          model,
          store,
          galaxies,
          { views: plan.views, sampleCount: params.samples, seed: params.seed },
          context,
          ({ samples_KA }) => samples.append(samples_KA),
        )
        context.onProgress({ phase: 'scoring galaxies', done: 0, total: galaxies.galaxyKeys.length, secondsLeft: null })
        const candidates = candidatesOf(model, tree, {
          galaxyCount: galaxies.galaxyKeys.length,
          sampleCount,
          votes: params.votes,
          samples: samples.row,
        })
        const { picked, meanSampleSpread } = chooseGalaxies(
          candidates,
          params.strategy,
          params.count,
          params.randomShare,
          createRandom(params.seed, 'acquire', modelId),
        )
        const chosen = picked.map(({ index, ...pick }) => ({ galaxyKey: galaxies.galaxyKeys[index]!, ...pick }))
        return { galaxies: chosen, changed, candidates: galaxies.galaxyKeys.length, meanSampleSpread }
      } finally {
        samples.close()
      }
    } finally {
      store.close()
    }
  } finally {
    model.network.dispose()
  }
}

type CommonCandidates = Pick<Candidates, 'galaxyCount' | 'sampleCount' | 'votes' | 'samples'>

function candidatesOf({ card }: OpenModel, tree: DecisionTree, common: CommonCandidates): Candidates {
  if (card.likelihood === 'dirichlet-multinomial') return { kind: 'dirichlet-multinomial', tree, ...common }
  const output = card.outputs[0]!
  const question = tree.questions.find(({ name, answers }) => answers.some((answer) => `${name}_${answer}` === output))!
  return { kind: 'binomial', question: question.name, ...common }
}
