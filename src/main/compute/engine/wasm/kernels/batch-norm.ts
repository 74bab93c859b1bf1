/** Batch norm with an activation (0 linear, 1 swish) over rows of C channels, C a multiple of 4. See [Note: Kernels]. */
import { madd, partStart, sigmoid, swishGradient } from './simd'

/** Rows read per channel group before the next group: they stay in the first-level cache. */
const ROW_BLOCK: i32 = 32

/** Sums of (x - origin) and (x - origin)² per part: sums [parts][2][C]. The first row is the origin: no large squares are subtracted later. */
export function batchNormSums(x: usize, sums: usize, rows: i32, C: i32, parts: i32, from: i32, to: i32): void {
  const row: usize = <usize>C << 2
  for (let part = from; part < to; part++) {
    const first = sums + <usize>(2 * part) * row
    memory.fill(first, 0, 2 * row)
    const end = partStart(rows, part + 1, parts)
    for (let block = partStart(rows, part, parts); block < end; block += ROW_BLOCK) {
      const blockEnd = min(block + ROW_BLOCK, end)
      for (let c: usize = 0; c < row; c += 16) {
        const origin = v128.load(x + c)
        let sum = f32x4.splat(0)
        let squares = f32x4.splat(0)
        let p = x + <usize>block * row + c
        for (let r = block; r < blockEnd; r++) {
          const d = f32x4.sub(v128.load(p), origin)
          sum = f32x4.add(sum, d)
          squares = madd(d, d, squares)
          p += row
        }
        v128.store(first + c, f32x4.add(v128.load(first + c), sum))
        v128.store(first + row + c, f32x4.add(v128.load(first + row + c), squares))
      }
    }
  }
}

/** y = activation(scale x + shift). Range: rows. */
export function scaleShift(x: usize, y: usize, scale: usize, shift: usize, C: i32, activation: i32, from: i32, to: i32): void {
  const row: usize = <usize>C << 2
  for (let r = from; r < to; r++) {
    const start = <usize>r * row
    for (let c: usize = 0; c < row; c += 16) {
      const z = madd(v128.load(x + start + c), v128.load(scale + c), v128.load(shift + c))
      v128.store(y + start + c, activation ? f32x4.mul(z, sigmoid(z)) : z)
    }
  }
}

/** dz = dy · activation'(scale x + shift), and per part the sums of dz and dz (x - mean): sums [parts][2][C]. Range: parts. */
export function batchNormGradientSums(
  x: usize, dy: usize, dz: usize, scale: usize, shift: usize, mean: usize, sums: usize, rows: i32, C: i32, activation: i32, parts: i32,
  from: i32, to: i32,
): void {
  const row: usize = <usize>C << 2
  for (let part = from; part < to; part++) {
    const first = sums + <usize>(2 * part) * row
    memory.fill(first, 0, 2 * row)
    const end = partStart(rows, part + 1, parts)
    for (let block = partStart(rows, part, parts); block < end; block += ROW_BLOCK) {
      const blockEnd = min(block + ROW_BLOCK, end)
      for (let c: usize = 0; c < row; c += 16) {
        const a = v128.load(scale + c)
        const b = v128.load(shift + c)
        const centre = v128.load(mean + c)
        let sum = f32x4.splat(0)
        let products = f32x4.splat(0)
        let at = <usize>block * row + c
        for (let r = block; r < blockEnd; r++) {
          const value = v128.load(x + at)
          let d = v128.load(dy + at)
          if (activation) d = swishGradient(d, madd(value, a, b))
          v128.store(dz + at, d)
          sum = f32x4.add(sum, d)
          products = madd(d, f32x4.sub(value, centre), products)
          at += row
        }
        v128.store(first + c, f32x4.add(v128.load(first + c), sum))
        v128.store(first + row + c, f32x4.add(v128.load(first + row + c), products))
      }
    }
  }
}

/** In place dz <- a dz + b x + c per channel, which is dx. Range: rows. */
export function batchNormInputGradient(x: usize, dz: usize, a: usize, b: usize, c: usize, C: i32, from: i32, to: i32): void {
  const row: usize = <usize>C << 2
  for (let r = from; r < to; r++) {
    const start = <usize>r * row
    for (let i: usize = 0; i < row; i += 16) {
      const rest = madd(v128.load(x + start + i), v128.load(b + i), v128.load(c + i))
      v128.store(dz + start + i, madd(v128.load(dz + start + i), v128.load(a + i), rest))
    }
  }
}
