import { tensor, tidy, grads, mul, sum, type Rank, type Tensor } from '@tensorflow/tfjs-core'

/** Uniform numbers in [low, high) from a small seeded generator (mulberry32): the same on every run. */
export function randomValues(size: number, seed: number, low = -1, high = 1): Float32Array {
  let state = seed >>> 0
  return Float32Array.from({ length: size }, () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return low + (high - low) * (((t ^ (t >>> 14)) >>> 0) / 4294967296)
  })
}

export function randomTensor<R extends Rank>(shape: number[], seed: number, low = -1, high = 1): Tensor<R> {
  const size = shape.reduce((product, side) => product * side, 1)
  return tensor<R>(randomValues(size, seed, low, high), shape as never)
}

/** Largest absolute difference over the largest absolute expected value. */
export function relativeError(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (actual.length !== expected.length) throw new Error(`lengths differ: ${actual.length} and ${expected.length}`)
  let difference = 0
  let largest = 1e-30
  for (let i = 0; i < expected.length; i++) {
    if (!Number.isFinite(actual[i]!)) return Infinity
    difference = Math.max(difference, Math.abs(actual[i]! - expected[i]!))
    largest = Math.max(largest, Math.abs(expected[i]!))
  }
  return difference / largest
}

/** The value of `f` and its gradients for the loss sum(weights · f), weights seeded, as plain arrays. */
export function valueAndGradients(f: (...inputs: Tensor[]) => Tensor, inputs: Tensor[], seed = 99): Float32Array[] {
  return tidy(() => {
    const y = f(...inputs)
    const weights = randomTensor(y.shape, seed)
    const gradients = grads((...given: Tensor[]) => sum(mul(f(...given), weights)))(inputs)
    return [y, ...gradients].map((result) => result.dataSync().slice() as Float32Array)
  })
}

/** Central differences of sum(weights · f) in input number `which`, in float32: good to about 1e-3 of the largest. */
export function numericGradient(f: (...inputs: Tensor[]) => Tensor, inputs: Tensor[], which: number, step = 1e-2, seed = 99): number[] {
  const values = inputs.map((input) => input.dataSync().slice() as Float32Array)
  const loss = (shift: number, at: number) =>
    tidy(() => {
      const moved = inputs.map((input, i) => {
        const data = values[i]!.slice()
        if (i === which) data[at]! += shift
        return tensor(data, input.shape)
      })
      const y = f(...moved)
      const weights = randomValues(y.size, seed)
      return (y.dataSync() as Float32Array).reduce((total, value, i) => total + value * weights[i]!, 0)
    })
  return Array.from(values[which]!, (_, at) => (loss(step, at) - loss(-step, at)) / (2 * step))
}
