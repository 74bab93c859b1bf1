import { createHash } from 'node:crypto'
import { readFile, rm } from 'node:fs/promises'
import { z } from 'zod'
import { lossPointSchema } from '@shared/contract/job'
import { AppError } from '@shared/science/errors'
import { assignWeights, copyTensors } from '../model/weights'
import type { Network } from '../model/network'
import { decodeSafetensors, encodeSafetensors, type NamedArray } from '../model/safetensors'
import { writeAtomic } from '../model/write-atomic'
import type * as tf from '@tensorflow/tfjs-core'
import type { Adam } from './adam'
import type { Average } from './average'
import type { TrainingData, TrainingOptions } from './training-data'

/**
 * [Note: Resuming] Everything that is drawn while training (order, views, masks, dropped blocks) comes from the seed, the epoch, the step and
 * the row. So the position alone is the state of all generators, and a training that goes on from a checkpoint taken after any step ends
 * with the same weights, byte for byte, as one that was never interrupted (same engine, same number of threads).
 */
const positionSchema = z.object({
  /** The epoch under way and how many of its steps are done, both from 0. */
  epoch: z.number().int(),
  step: z.number().int(),
  /** Of the losses in this epoch. */
  lossSum: z.number(),
  lossCurve: z.array(lossPointSchema),
  best: z.object({ epoch: z.number().int(), validationLoss: z.number().nullable() }).nullable(),
  seconds: z.number(),
  /** What fits into memory: a training that goes on starts with it, and so ends with the same weights as one that found it itself. */
  microBatch: z.number().int(),
})
export type Position = z.infer<typeof positionSchema>

/** Where a training stands: the position, the best weights so far, and (in the network and the optimiser) the present ones. */
export type TrainingState = Position & { bestWeights: Map<string, NamedArray> | null }

const bookSchema = z.object({ fingerprint: z.string(), optimiserStep: z.number().int(), position: positionSchema })

/** What a training changes: weights and moving statistics of the part that is trained, the optimiser, their average. */
export type Changing = {
  network: Network
  variables: ReadonlyMap<string, tf.Variable>
  adam: Adam
  average: Average | null
}

/** One file, all or nothing. Errors: those of the file system. */
export async function saveCheckpoint(path: string, fingerprint: string, changing: Changing, state: TrainingState): Promise<void> {
  const { bestWeights, ...position } = state
  const optimiser = await changing.adam.copyState()
  const tensors = new Map<string, NamedArray>()
  const add = (prefix: string, arrays: ReadonlyMap<string, NamedArray>) => {
    for (const [name, array] of arrays) tensors.set(prefix + name, array)
  }
  add('weights/', await copyTensors(changing.variables))
  add('adam/', optimiser.moments)
  add('best/', bestWeights ?? new Map())
  if (changing.average) add('average/', await changing.average.copyState())
  const book = { fingerprint, optimiserStep: optimiser.step, position }
  await writeAtomic(path, encodeSafetensors({ tensors, metadata: { training: JSON.stringify(book) } }))
}

/**
 * Puts network, optimiser and average where the checkpoint was taken; null when there is none.
 * Errors: `training/other-checkpoint` when it belongs to other data or options, `weights/damaged`.
 */
export async function loadCheckpoint(path: string, fingerprint: string, changing: Changing): Promise<TrainingState | null> {
  const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null
    throw error
  })
  if (bytes === null) return null
  const { tensors, metadata } = decodeSafetensors(bytes, path)
  const book = bookSchema.parse(JSON.parse(metadata['training'] ?? 'null'))
  if (book.fingerprint !== fingerprint) {
    throw new AppError(
      'training/other-checkpoint',
      `${path} is from a training with other galaxies, votes or options. Delete it, or resume with the same ones.`,
    )
  }
  const part = (prefix: string) =>
    new Map([...tensors].filter(([name]) => name.startsWith(prefix)).map(([name, array]) => [name.slice(prefix.length), array]))
  assignWeights(changing.network, part('weights/'))
  changing.adam.restoreState({ step: book.optimiserStep, moments: part('adam/') })
  changing.average?.restoreState(part('average/'))
  return { ...book.position, bestWeights: book.position.best === null ? null : part('best/') }
}

/** For the caller, once the trained weights are safe elsewhere. */
export async function removeCheckpoint(path: string): Promise<void> {
  await rm(path, { force: true })
  await rm(`${path}.tmp`, { force: true })
}

/** What must be the same for a checkpoint to be of use. The number of epochs may change unless the learning rate goes by it, and the patience. */
export function fingerprintOf(network: Network, data: TrainingData, options: TrainingOptions): string {
  const { epochs, patience, microBatch, ...fixed } = options
  void patience
  void microBatch
  const hash = createHash('sha256')
  hash.update(
    JSON.stringify([
      network.name,
      network.sizePx,
      network.outputCount,
      fixed,
      options.schedule === 'cosine' ? epochs : 0,
      data.storedSizePx,
      data.names,
    ]),
  )
  hash.update(JSON.stringify([Array.from(data.trainIndices), Array.from(data.validationIndices)]))
  hash.update(new Uint8Array(data.votes_NA.buffer, data.votes_NA.byteOffset, data.votes_NA.byteLength))
  if (data.weights_NQ) hash.update(new Uint8Array(data.weights_NQ.buffer, data.weights_NQ.byteOffset, data.weights_NQ.byteLength))
  return hash.digest('hex')
}
