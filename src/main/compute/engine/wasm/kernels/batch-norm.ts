/**
 * Batch norm with an activation (0 linear, 1 swish) over rows of C channels, C a multiple of 4. See [Note: Kernels]. Four rows at a time
 * share the loads of what belongs to the channel, and are read in order, as the processor foresees.
 */
import { madd, partStart, sigmoid, swishGradient } from './simd'

/** Sums of (x - origin) and (x - origin)² per part: sums [parts][2][C]. The first row is the origin: no large squares are subtracted later. */
export function batchNormSums(x: usize, sums: usize, rows: i32, C: i32, parts: i32, from: i32, to: i32): void {
  const row: usize = <usize>C << 2
  for (let part = from; part < to; part++) {
    const first = sums + <usize>(2 * part) * row
    memory.fill(first, 0, 2 * row)
    const end = partStart(rows, part + 1, parts)
    let r = partStart(rows, part, parts)
    for (; r + 4 <= end; r += 4) {
      const start = x + <usize>r * row
      for (let c: usize = 0; c < row; c += 16) {
        const origin = v128.load(x + c)
        const p = start + c
        const d0 = f32x4.sub(v128.load(p), origin)
        const d1 = f32x4.sub(v128.load(p + row), origin)
        const d2 = f32x4.sub(v128.load(p + 2 * row), origin)
        const d3 = f32x4.sub(v128.load(p + 3 * row), origin)
        const sum = f32x4.add(f32x4.add(d0, d1), f32x4.add(d2, d3))
        const squares = f32x4.add(madd(d0, d0, f32x4.mul(d1, d1)), madd(d2, d2, f32x4.mul(d3, d3)))
        v128.store(first + c, f32x4.add(v128.load(first + c), sum))
        v128.store(first + row + c, f32x4.add(v128.load(first + row + c), squares))
      }
    }
    for (; r < end; r++)
      for (let c: usize = 0; c < row; c += 16) {
        const d = f32x4.sub(v128.load(x + <usize>r * row + c), v128.load(x + c))
        v128.store(first + c, f32x4.add(v128.load(first + c), d))
        v128.store(first + row + c, madd(d, d, v128.load(first + row + c)))
      }
  }
}

// @ts-ignore: decorator
@inline function activate(z: v128, isSwish: bool): v128 {
  return isSwish ? f32x4.mul(z, sigmoid(z)) : z
}

// @ts-ignore: decorator
@inline function scaleRows(x: usize, y: usize, scale: usize, shift: usize, row: usize, isSwish: bool, from: i32, to: i32): void {
  let r = from
  for (; r + 4 <= to; r += 4) {
    let at = <usize>r * row
    for (let c: usize = 0; c < row; c += 16) {
      const a = v128.load(scale + c)
      const b = v128.load(shift + c)
      v128.store(y + at, activate(madd(v128.load(x + at), a, b), isSwish))
      v128.store(y + at + row, activate(madd(v128.load(x + at + row), a, b), isSwish))
      v128.store(y + at + 2 * row, activate(madd(v128.load(x + at + 2 * row), a, b), isSwish))
      v128.store(y + at + 3 * row, activate(madd(v128.load(x + at + 3 * row), a, b), isSwish))
      at += 16
    }
  }
  for (; r < to; r++) {
    const start = <usize>r * row
    for (let c: usize = 0; c < row; c += 16)
      v128.store(y + start + c, activate(madd(v128.load(x + start + c), v128.load(scale + c), v128.load(shift + c)), isSwish))
  }
}

/** y = activation(scale x + shift). Range: rows. */
export function scaleShift(x: usize, y: usize, scale: usize, shift: usize, C: i32, activation: i32, from: i32, to: i32): void {
  const row: usize = <usize>C << 2
  if (activation) scaleRows(x, y, scale, shift, row, true, from, to)
  else scaleRows(x, y, scale, shift, row, false, from, to)
}

// @ts-ignore: decorator
@inline function gradientThrough(dy: v128, x: v128, a: v128, b: v128, isSwish: bool): v128 {
  return isSwish ? swishGradient(dy, madd(x, a, b)) : dy
}

// @ts-ignore: decorator
@inline function gradientSums(
  x: usize, dy: usize, dz: usize, scale: usize, shift: usize, mean: usize, sum: usize, row: usize, isSwish: bool, from: i32, to: i32,
): void {
  let r = from
  for (; r + 4 <= to; r += 4) {
    let at = <usize>r * row
    for (let c: usize = 0; c < row; c += 16) {
      const a = v128.load(scale + c)
      const b = v128.load(shift + c)
      const centre = v128.load(mean + c)
      const x0 = v128.load(x + at)
      const d0 = gradientThrough(v128.load(dy + at), x0, a, b, isSwish)
      v128.store(dz + at, d0)
      const x1 = v128.load(x + at + row)
      const d1 = gradientThrough(v128.load(dy + at + row), x1, a, b, isSwish)
      v128.store(dz + at + row, d1)
      const x2 = v128.load(x + at + 2 * row)
      const d2 = gradientThrough(v128.load(dy + at + 2 * row), x2, a, b, isSwish)
      v128.store(dz + at + 2 * row, d2)
      const x3 = v128.load(x + at + 3 * row)
      const d3 = gradientThrough(v128.load(dy + at + 3 * row), x3, a, b, isSwish)
      v128.store(dz + at + 3 * row, d3)
      v128.store(sum + c, f32x4.add(v128.load(sum + c), f32x4.add(f32x4.add(d0, d1), f32x4.add(d2, d3))))
      const near = madd(d0, f32x4.sub(x0, centre), f32x4.mul(d1, f32x4.sub(x1, centre)))
      const far = madd(d2, f32x4.sub(x2, centre), f32x4.mul(d3, f32x4.sub(x3, centre)))
      v128.store(sum + row + c, f32x4.add(v128.load(sum + row + c), f32x4.add(near, far)))
      at += 16
    }
  }
  for (; r < to; r++)
    for (let c: usize = 0; c < row; c += 16) {
      const at = <usize>r * row + c
      const value = v128.load(x + at)
      const d = gradientThrough(v128.load(dy + at), value, v128.load(scale + c), v128.load(shift + c), isSwish)
      v128.store(dz + at, d)
      v128.store(sum + c, f32x4.add(v128.load(sum + c), d))
      v128.store(sum + row + c, madd(d, f32x4.sub(value, v128.load(mean + c)), v128.load(sum + row + c)))
    }
}

/** dz = dy · activation'(scale x + shift), and per part the sums of dz and dz (x - mean): sums [parts][2][C]. Range: parts. */
export function batchNormGradientSums(
  x: usize, dy: usize, dz: usize, scale: usize, shift: usize, mean: usize, sums: usize, rows: i32, C: i32, activation: i32, parts: i32,
  from: i32, to: i32,
): void {
  const row: usize = <usize>C << 2
  for (let part = from; part < to; part++) {
    const sum = sums + <usize>(2 * part) * row
    memory.fill(sum, 0, 2 * row)
    const start = partStart(rows, part, parts)
    const end = partStart(rows, part + 1, parts)
    if (activation) gradientSums(x, dy, dz, scale, shift, mean, sum, row, true, start, end)
    else gradientSums(x, dy, dz, scale, shift, mean, sum, row, false, start, end)
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
