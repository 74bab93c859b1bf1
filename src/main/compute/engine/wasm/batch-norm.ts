/** @file Batch norm with its activation as one operation: two passes over the data forward, two backward. */
import { tensor1d, type Tensor1D, type Tensor4D, type TensorInfo } from '@tensorflow/tfjs-core'
import { scaleShiftGradient, type Activation, type BatchNorm } from '../../ops/batch-norm'
import { withGradient } from '../../ops/with-gradient'
import { address, allocate, numbers, release, toTensor, type Host } from './host'

/** Parts of a sum over the batch: fixed, so that the result does not depend on the number of threads. */
const PARTS = 8
/** About the multiplications of one swish. */
const SWISH_WORK = 12

const workPerNumber = (activation: Activation) => (activation === 'swish' ? SWISH_WORK : 1)

/** Rows of the small table kept for the gradient. */
type Channels = { scale: Float32Array; shift: Float32Array; mean: Float32Array; inverseDeviation: Float32Array }

/** The sums over the parts of one of the two rows of `sums` [PARTS, 2, C], in double precision. */
function total(sums: Float32Array, C: number, row: 0 | 1, c: number): number {
  let sum = 0
  for (let part = 0; part < PARTS; part++) sum += sums[(2 * part + row) * C + c]!
  return sum
}

function scaleShift(host: Host, x: TensorInfo, scale: number, shift: number, C: number, rows: number, activation: Activation): TensorInfo {
  const y = allocate(host, x.shape)
  const flag = activation === 'swish' ? 1 : 0
  host.pool.run('scaleShift', [address(host, x), address(host, y), scale, shift, C, flag], rows, C * workPerNumber(activation))
  return y
}

/** As `batchNormTrain` of ops; null where C is not a multiple of 4. */
export function batchNormTrain(
  host: Host,
  x: Tensor4D,
  gamma_C: Tensor1D,
  beta_C: Tensor1D,
  epsilon: number,
  activation: Activation,
): BatchNorm | null {
  const C = x.shape[3]
  if (C % 4 !== 0) return null
  const rows = x.size / C
  const sums = allocate(host, [PARTS, 2, C])
  const table = allocate(host, [4, C])
  host.pool.run('batchNormSums', [address(host, x), address(host, sums), rows, C, PARTS], PARTS, (rows * C) / PARTS)

  const mean_C = new Float32Array(C)
  const variance_C = new Float32Array(C)
  const channels = channelsOf(host, table, C)
  const partial = numbers(host, sums)
  const origin = numbers(host, x)
  const gamma = numbers(host, gamma_C)
  const beta = numbers(host, beta_C)
  for (let c = 0; c < C; c++) {
    const offset = total(partial, C, 0, c) / rows
    const mean = offset + origin[c]!
    const variance = Math.max(0, total(partial, C, 1, c) / rows - offset * offset)
    const inverseDeviation = 1 / Math.sqrt(variance + epsilon)
    mean_C[c] = mean
    variance_C[c] = variance
    channels.mean[c] = mean
    channels.inverseDeviation[c] = inverseDeviation
    channels.scale[c] = gamma[c]! * inverseDeviation
    channels.shift[c] = beta[c]! - mean * gamma[c]! * inverseDeviation
  }
  release(host, sums)

  const kept = toTensor(table)
  const y = withGradient<Tensor4D>(
    [x, gamma_C, beta_C],
    (save) => {
      save([x, gamma_C, kept])
      const scale = address(host, kept)
      return toTensor(scaleShift(host, x, scale, scale + 4 * C, C, rows, activation))
    },
    (dy, [savedX, savedGamma, savedTable]) => gradient(host, dy, savedX!, savedGamma!, savedTable!, activation),
  )
  kept.dispose()
  return { y, mean_C: tensor1d(mean_C), variance_C: tensor1d(variance_C) }
}

function channelsOf(host: Host, table: TensorInfo, C: number): Channels {
  const all = numbers(host, table)
  const row = (i: number) => all.subarray(i * C, (i + 1) * C)
  return { scale: row(0), shift: row(1), mean: row(2), inverseDeviation: row(3) }
}

function gradient(host: Host, dy: TensorInfo, x: TensorInfo, gamma_C: TensorInfo, table: TensorInfo, activation: Activation) {
  const C = x.shape[3]!
  const rows = x.shape[0]! * x.shape[1]! * x.shape[2]!
  const sums = allocate(host, [PARTS, 2, C])
  const dz = allocate(host, x.shape)
  const factors = allocate(host, [3, C])
  const [xAt, dzAt, tableAt, factorsAt] = [x, dz, table, factors].map((tensor) => address(host, tensor)) as [number, number, number, number]
  const row = 4 * C
  const given = [xAt, address(host, dy), dzAt, tableAt, tableAt + row, tableAt + 2 * row, address(host, sums), rows, C]
  const work = (rows * C * workPerNumber(activation)) / PARTS
  host.pool.run('batchNormGradientSums', [...given, activation === 'swish' ? 1 : 0, PARTS], PARTS, work)

  const dgamma = new Float32Array(C)
  const dbeta = new Float32Array(C)
  const { mean, inverseDeviation } = channelsOf(host, table, C)
  const partial = numbers(host, sums)
  const gamma = numbers(host, gamma_C)
  const factor = numbers(host, factors)
  for (let c = 0; c < C; c++) {
    const sum = total(partial, C, 0, c)
    const product = total(partial, C, 1, c)
    const deviation = inverseDeviation[c]!
    dbeta[c] = sum
    dgamma[c] = product * deviation
    // dx = gamma / sd (dz - mean(dz) - (x - mean) mean(dz (x - mean)) / sd²), sorted by dz, x and the rest.
    const a = gamma[c]! * deviation
    const b = (-a * deviation * deviation * product) / rows
    factor[c] = a
    factor[C + c] = b
    factor[2 * C + c] = (-a * sum) / rows - b * mean[c]!
  }
  host.pool.run('batchNormInputGradient', [xAt, dzAt, factorsAt, factorsAt + row, factorsAt + 2 * row, C], rows, C)
  release(host, sums, factors)
  return [toTensor(dz), tensor1d(dgamma), tensor1d(dbeta)]
}

/** As `batchNormPredict` of ops with scale and shift worked out; null where C is not a multiple of 4. */
export function batchNormPredict(host: Host, x: Tensor4D, scale_C: Tensor1D, shift_C: Tensor1D, activation: Activation): Tensor4D | null {
  const C = x.shape[3]
  if (C % 4 !== 0) return null
  return withGradient<Tensor4D>(
    [x, scale_C, shift_C],
    (save) => {
      save([x, scale_C, shift_C])
      return toTensor(scaleShift(host, x, address(host, scale_C), address(host, shift_C), C, x.size / C, activation))
    },
    (dy, [savedX, scale, shift]) => scaleShiftGradient(dy, savedX!, scale!, shift!, activation),
  )
}
