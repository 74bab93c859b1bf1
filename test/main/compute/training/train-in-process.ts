import type { EngineName } from '@shared/contract/engine'
import type { JobProgress } from '@shared/contract/job'
import { startEngine } from '@main/compute/engine'
import { trainNetwork } from '@main/compute/training/trainer'
import { block } from '../../block'
import { brightOrDark, tinyNetwork, trainingOptions } from './support'
import { weightsSha256 } from './weights-sha256'

const STILL_MS = 200

type Request = {
  engine: EngineName
  checkpointPath: string | null
  train: 'all' | 'head'
  slowFromStep: number | null
  onProgress: (line: string) => void
}

/**
 * Trains the tiny network, prints each step, and answers with the checksum of its weights. Each step is followed by a checkpoint. From
 * `slowFromStep` on it stands still after each step.
 */
export async function trainInProcess({ engine, checkpointPath, train, slowFromStep, onProgress }: Request) {
  await startEngine(engine)
  const network = tinyNetwork()
  const checkpoint = checkpointPath === null ? null : { path: checkpointPath, everySeconds: 0 }
  const options = trainingOptions({ epochs: 12, batch: 6, train, learningRate: 1e-2 })
  const result = await trainNetwork(network, brightOrDark(40), options, {
    checkpoint,
    onProgress: ({ done, phase }: JobProgress) => {
      onProgress(`${phase} ${done}`)
      if (slowFromStep !== null && phase === 'training' && done >= slowFromStep) block(STILL_MS)
    },
  })
  const sha256 = await weightsSha256(network)
  return { sha256, lossCurve: result.lossCurve, bestEpoch: result.bestEpoch }
}
