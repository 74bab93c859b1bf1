import type { GalaxyImage } from '@main/catalogue/views'
import { startEngine } from '@main/compute/engine'
import type { EncoderChoice } from '@main/compute/predict/encoder'
import { keepFeatures } from '@main/compute/tasks/features'
import type { EngineName } from '@shared/contract/engine'
import { taskContext, tinyModel } from './survey'

type Request = {
  engine: EngineName
  encoder: EncoderChoice
  projectPath: string
  galaxies: GalaxyImage[]
  onProgress: (line: string) => void
}

/** Keeps the features of a survey, each batch on the disk before the next, and prints how many it made. */
export async function keepInProcess({ engine, encoder, projectPath, galaxies, onProgress }: Request): Promise<string | null> {
  await startEngine(engine)
  const context = taskContext(engine, ({ phase, done }) => onProgress(`${phase}: ${done}`))
  const plan = { views: 2, seed: 1, isChecked: true, encoder, syncEveryMs: 0 }
  const kept = await keepFeatures(projectPath, tinyModel(projectPath), galaxies, plan, context)
  kept.store.close()
  return kept.encoder?.name ?? null
}
