import { join } from 'node:path'
import { questionRanges, type QuestionRange } from '@shared/science/tree/decision-tree'
import { openCatalogue } from '@main/catalogue/open'
import { projectTree } from '@main/catalogue/trees'
import { readImages } from '@main/catalogue/views'
import type { ComputeResults, ComputeTask } from '../protocol'
import { writeAtomic } from '../model/write-atomic'
import { catalogueWalk } from './catalogue-walk'
import { forEachSamples } from './concentrations'
import type { TaskContext } from './context'
import { keepFeatures } from './features'
import { openModel } from './model-folder'

/** Predicts the mean vote fractions of every galaxy that has an image: the mean over views and dropout samples of a / A (W+22), or of rho. */
export async function predict(task: Extract<ComputeTask, { kind: 'predict' }>, context: TaskContext): Promise<ComputeResults['predict']> {
  const startedAt = performance.now()
  const { projectPath, modelId, params } = task
  const db = openCatalogue(projectPath, { readonly: true })
  const ranges = questionRanges(projectTree(db).tree)
  db.close()
  const imported = catalogueWalk(projectPath, readImages)
  const model = await openModel(projectPath, modelId)
  try {
    const { views, samples, seed } = params
    const { store, changed, encoder, ...galaxies } = await keepFeatures(
      projectPath,
      model,
      imported,
      { views, seed, isChecked: true },
      context,
    )
    try {
      const width = model.card.outputs.length
      const fractions_NA = new Float32Array(galaxies.galaxyKeys.length * width)
      const isBinomial = model.card.likelihood === 'binomial'
      await forEachSamples(model, store, galaxies, { views, sampleCount: samples, seed }, context, ({ samples_KA }, i) => {
        const mean_A = fractions_NA.subarray(i * width, (i + 1) * width)
        if (isBinomial) mean_A[0] = samples_KA.reduce((sum, rho) => sum + rho, 0) / samples_KA.length
        else addMeanFractions(samples_KA, ranges, mean_A)
      })
      const keysFile = join(model.folder, 'predicted-keys.i32')
      const fractionsFile = join(model.folder, 'predicted-fractions.f32')
      await writeAtomic(keysFile, new Uint8Array(galaxies.galaxyKeys.buffer))
      await writeAtomic(fractionsFile, new Uint8Array(fractions_NA.buffer))
      return {
        galaxies: galaxies.galaxyKeys.length,
        changed,
        encoder,
        keysFile,
        fractionsFile,
        seconds: (performance.now() - startedAt) / 1000,
      }
    } finally {
      store.close()
    }
  } finally {
    model.network.dispose()
  }
}

/** The mean over samples of a_i / A, question by question, into `mean_A`. `samples_KA` [K, A] concentrations. */
export function addMeanFractions(samples_KA: Float32Array, ranges: readonly QuestionRange[], mean_A: Float32Array): void {
  const width = mean_A.length
  const sampleCount = samples_KA.length / width
  for (const { start, end } of ranges) {
    for (let k = 0; k < sampleCount; k++) {
      const offset = k * width
      let total = 0
      for (let a = start; a < end; a++) total += samples_KA[offset + a]!
      for (let a = start; a < end; a++) mean_A[a] = mean_A[a]! + samples_KA[offset + a]! / total / sampleCount
    }
  }
}
