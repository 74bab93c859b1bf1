import { AppError } from '@shared/science/errors'

/**
 * [Note: Micro-batches] A step is taken with the gradient of a whole batch, whatever fits into memory: the batch goes through the network in
 * micro-batches whose gradients are added up, which gives the same mean but for the last digits. When memory runs out, the micro-batch is
 * halved, the step is done again from its beginning, and the training goes on with what fitted; a checkpoint records it. Batch norm is the
 * one thing that changes: its statistics are those of a micro-batch.
 */
export type WithinMemory<T> = { value: T; microBatch: number }

/**
 * Runs `work` with micro-batches of this many galaxies, with half as many whenever the engine's memory runs out; `undo` then puts back
 * what the attempt changed. Errors: `engine/out-of-memory` when not even one galaxy fits.
 */
export async function withinMemory<T>(
  microBatch: number,
  work: (microBatch: number) => Promise<T>,
  undo: () => void = () => undefined,
): Promise<WithinMemory<T>> {
  for (let size = microBatch; ; size = Math.ceil(size / 2)) {
    try {
      return { value: await work(size), microBatch: size }
    } catch (error) {
      if (!isOutOfMemory(error)) throw error
      undo()
      if (size <= 1) throw notEvenOne(error)
    }
  }
}

/**
 * How the engines say it: TensorFlow (its status 8, or what oneDNN calls status 1), the C++ library below it, V8 for an array of ours, WebGPU.
 * The engine wasm throws an error of ours.
 */
const WORDS =
  /Invalid TF_Status: 8\b|ResourceExhausted|OOM when allocating|received an exception:\s*Status: 1,|bad_alloc|Array buffer allocation failed|out of memory/i

export function isOutOfMemory(error: unknown): boolean {
  if (error instanceof AppError) return error.code === 'engine/out-of-memory'
  return error instanceof Error && WORDS.test(error.message)
}

function notEvenOne(cause: unknown): AppError {
  return new AppError(
    'engine/out-of-memory',
    'Not even one galaxy at a time fits into memory. Close other programs, or train with smaller images (--size) or a smaller network (--model w20-cnn-tree).',
    { cause },
  )
}
