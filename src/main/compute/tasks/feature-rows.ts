import { AppError } from '@shared/science/errors'
import { fromFloat16, toFloat16 } from '../model/float16'
import type { FeaturePrecision } from './feature-header'
import { readFully } from './positional'

const LARGEST_HALF = 65504

export const valueBytes: Readonly<Record<FeaturePrecision, number>> = { float32: 4, float16: 2 }
export const featuresFile: Readonly<Record<FeaturePrecision, string>> = { float32: 'features.f32', float16: 'features.f16' }

/** The bytes of features as they are kept, little-endian. Throws `features/too-large` for values that half precision cannot hold. */
export function encodeFeatures(features: Float32Array, precision: FeaturePrecision): Uint8Array {
  if (precision === 'float32') return new Uint8Array(features.buffer, features.byteOffset, features.byteLength)
  for (const value of features) {
    if (Math.abs(value) > LARGEST_HALF)
      throw new AppError(
        'features/too-large',
        `The network gives a feature of ${value}; half precision ends at ${LARGEST_HALF}. Predict with full precision.`,
      )
  }
  return new Uint8Array(toFloat16(features).buffer)
}

/** Reads rows [rows.length, rowLength] of an open file of features; rows that follow each other in one piece. */
export function readRows(file: number, rows: ArrayLike<number>, rowLength: number, precision: FeaturePrecision): Float32Array {
  const rowBytes = rowLength * valueBytes[precision]
  const bytes = new Uint8Array(rows.length * rowBytes)
  for (let start = 0; start < rows.length;) {
    let end = start + 1
    while (end < rows.length && rows[end] === rows[end - 1]! + 1) end += 1
    readFully(file, bytes.subarray(start * rowBytes, end * rowBytes), rows[start]! * rowBytes)
    start = end
  }
  if (precision === 'float32') return new Float32Array(bytes.buffer)
  const floats = tableOfHalves()
  const halves = new Uint16Array(bytes.buffer)
  const out = new Float32Array(halves.length)
  for (let i = 0; i < out.length; i++) out[i] = floats[halves[i]!]!
  return out
}

let table: Float32Array | null = null

/** All 65,536 halves as floats: looking one up takes a fifth of converting it. */
function tableOfHalves(): Float32Array {
  return (table ??= fromFloat16(Uint16Array.from({ length: 65536 }, (_, bits) => bits)))
}

/** Whether all of `values` from `start` up to `end` are finite. */
export function isFinitePart(values: Float32Array, start: number, end: number): boolean {
  // Zero times a number is 0, times anything else it is not: one test for the whole row.
  let sum = 0
  for (let i = start; i < end; i++) sum += 0 * values[i]!
  return sum === 0
}
