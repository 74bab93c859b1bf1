import type { GalaxyImage } from '@main/catalogue/views'
import { startEngine } from '@main/compute/engine'
import type { EncoderChoice } from '@main/compute/predict/encoder'
import { keepFeatures } from '@main/compute/tasks/features'
import type { EngineName } from '@shared/contract/engine'
import { block } from '../../block'
import { taskContext, tinyModel } from './survey'

const STILL_MS = 200

type Request = {
  engine: EngineName
  encoder: EncoderChoice
  projectPath: string
  galaxies: GalaxyImage[]
  /** From so many galaxies on it stands still after each batch. */
  slowFrom: number | null
  onProgress: (line: string) => void
}

/** Keeps the features of a survey, each batch on the disk before the next, and prints how many it made. */
export async function keepInProcess({ engine, encoder, projectPath, galaxies, slowFrom, onProgress }: Request): Promise<string | null> {
  await startEngine(engine)
  const context = taskContext(engine, ({ phase, done }) => {
    onProgress(`${phase}: ${done}`)
    if (slowFrom !== null && phase === 'looking at galaxies' && done >= slowFrom) block(STILL_MS)
  })
  const plan = { views: 2, seed: 1, isChecked: true, encoder, syncEveryMs: 0 }
  const kept = await keepFeatures(projectPath, tinyModel(projectPath), galaxies, plan, context)
  kept.store.close()
  return kept.encoder?.name ?? null
}
