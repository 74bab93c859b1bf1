/**
 * [Note: The head's kernel] What a step of the head alone asks of the processor, without an engine: AssemblyScript, compiled to WebAssembly by
 * scripts/build-kernels.mjs. Every `usize` is a byte address in the memory of the caller, who allocates everything; numbers are float32.
 *
 * Weights, their gradient and the optimiser's means lie in panels of 12 answers: panel, then feature, then the 12 columns, zeros where there are
 * none. One feature more than the network has is always 1, and its weights are the bias. `depth` counts features, that one included, in
 * whole dozens. Three rows times three vectors of a panel are held in registers: 9 sums for 15 registers, where 4 times 3 would spill.
 */
import { madd } from '../../engine/wasm/kernels/simd'

/** Features between two visits to the sums: 324 of a panel are 15 kB, and stay in the first-level cache for all rows. */
const BLOCK: i32 = 324
/** Bytes of 12 columns. */
const PANEL: usize = 48

/**
 * out [rows, panels · 12] = x [rows, depth] · weights. `rows` is a multiple of 3, `depth` of 12.
 */
export function multiply(x: usize, weights: usize, out: usize, rows: i32, depth: i32, panels: i32): void {
  const xRow = <usize>depth << 2
  const outRow = <usize>panels * PANEL
  memory.fill(out, 0, <usize>rows * outRow)
  for (let block: i32 = 0; block < depth; block += BLOCK) {
    const count = <usize>min(BLOCK, depth - block)
    for (let panel: i32 = 0; panel < panels; panel++) {
      const start = weights + (<usize>panel * <usize>depth + <usize>block) * PANEL
      const end = start + count * PANEL
      for (let row: i32 = 0; row < rows; row += 3) {
        const sums = out + <usize>row * outRow + <usize>panel * PANEL
        let px = x + <usize>row * xRow + (<usize>block << 2)
        let c00 = v128.load(sums), c01 = v128.load(sums, 16), c02 = v128.load(sums, 32)
        let c10 = v128.load(sums + outRow), c11 = v128.load(sums + outRow, 16), c12 = v128.load(sums + outRow, 32)
        let c20 = v128.load(sums + 2 * outRow), c21 = v128.load(sums + 2 * outRow, 16), c22 = v128.load(sums + 2 * outRow, 32)
        for (let p = start; p < end; p += PANEL) {
          const w0 = v128.load(p), w1 = v128.load(p, 16), w2 = v128.load(p, 32)
          const x0 = v128.load_splat<f32>(px)
          c00 = madd(x0, w0, c00)
          c01 = madd(x0, w1, c01)
          c02 = madd(x0, w2, c02)
          const x1 = v128.load_splat<f32>(px + xRow)
          c10 = madd(x1, w0, c10)
          c11 = madd(x1, w1, c11)
          c12 = madd(x1, w2, c12)
          const x2 = v128.load_splat<f32>(px + 2 * xRow)
          c20 = madd(x2, w0, c20)
          c21 = madd(x2, w1, c21)
          c22 = madd(x2, w2, c22)
          px += 4
        }
        v128.store(sums, c00); v128.store(sums, c01, 16); v128.store(sums, c02, 32)
        v128.store(sums + outRow, c10); v128.store(sums + outRow, c11, 16); v128.store(sums + outRow, c12, 32)
        v128.store(sums + 2 * outRow, c20); v128.store(sums + 2 * outRow, c21, 16); v128.store(sums + 2 * outRow, c22, 32)
      }
    }
  }
}

/** gradient += transpose(x [rows, depth]) · by [rows, panels · 12]. Any number of rows, added in their order. */
export function addOuterProducts(x: usize, by: usize, gradient: usize, rows: i32, depth: i32, panels: i32): void {
  const xRow = <usize>depth << 2
  const byRow = <usize>panels * PANEL
  for (let feature: i32 = 0; feature < depth; feature += 3) {
    const start = x + (<usize>feature << 2)
    const end = start + <usize>rows * xRow
    for (let panel: i32 = 0; panel < panels; panel++) {
      const sums = gradient + (<usize>panel * <usize>depth + <usize>feature) * PANEL
      let pb = by + <usize>panel * PANEL
      let c00 = v128.load(sums), c01 = v128.load(sums, 16), c02 = v128.load(sums, 32)
      let c10 = v128.load(sums, 48), c11 = v128.load(sums, 64), c12 = v128.load(sums, 80)
      let c20 = v128.load(sums, 96), c21 = v128.load(sums, 112), c22 = v128.load(sums, 128)
      for (let px = start; px < end; px += xRow) {
        const b0 = v128.load(pb), b1 = v128.load(pb, 16), b2 = v128.load(pb, 32)
        const x0 = v128.load_splat<f32>(px)
        c00 = madd(x0, b0, c00)
        c01 = madd(x0, b1, c01)
        c02 = madd(x0, b2, c02)
        const x1 = v128.load_splat<f32>(px, 4)
        c10 = madd(x1, b0, c10)
        c11 = madd(x1, b1, c11)
        c12 = madd(x1, b2, c12)
        const x2 = v128.load_splat<f32>(px, 8)
        c20 = madd(x2, b0, c20)
        c21 = madd(x2, b1, c21)
        c22 = madd(x2, b2, c22)
        pb += byRow
      }
      v128.store(sums, c00); v128.store(sums, c01, 16); v128.store(sums, c02, 32)
      v128.store(sums, c10, 48); v128.store(sums, c11, 64); v128.store(sums, c12, 80)
      v128.store(sums, c20, 96); v128.store(sums, c21, 112); v128.store(sums, c22, 128)
    }
  }
}

/** Multiplies the first `features` of each row of x [rows, depth] by `kept` where its half word [rows, features] is `threshold` or more, else by 0. */
export function drop(x: usize, halves: usize, rows: i32, features: i32, depth: i32, threshold: i32, kept: f32): void {
  const least = i32x4.splat(threshold)
  const scale = f32x4.splat(kept)
  for (let row: i32 = 0; row < rows; row++) {
    let px = x + (<usize>row * <usize>depth << 2)
    let ph = halves + (<usize>row * <usize>features << 1)
    let f: i32 = 0
    for (; f + 4 <= features; f += 4) {
      const isKept = i32x4.ge_s(v128.load_ext<u16>(ph), least)
      v128.store(px, f32x4.mul(v128.load(px), v128.and(scale, isKept)))
      px += 16
      ph += 8
    }
    for (; f < features; f++) {
      store<f32>(px, load<f32>(px) * (<i32>load<u16>(ph) >= threshold ? kept : 0))
      px += 4
      ph += 2
    }
  }
}

/** The sum of the squares of n numbers, n a multiple of 4, in float64: no gradient that is finite overflows. */
export function sumOfSquares(values: usize, n: i32): f64 {
  let low = f64x2.splat(0)
  let high = f64x2.splat(0)
  for (let p = values, end = values + (<usize>n << 2); p < end; p += 16) {
    const value = v128.load(p)
    const first = f64x2.promote_low_f32x4(value)
    const second = f64x2.promote_low_f32x4(v128.shuffle<i32>(value, value, 2, 3, 0, 1))
    low = f64x2.add(low, f64x2.mul(first, first))
    high = f64x2.add(high, f64x2.mul(second, second))
  }
  const sum = f64x2.add(low, high)
  return f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1)
}

/** Multiplies n numbers, n a multiple of 4. */
export function scale(values: usize, n: i32, factor: f32): void {
  for (let p = values, end = values + (<usize>n << 2); p < end; p += 16) v128.store(p, f32x4.mul(v128.load(p), f32x4.splat(factor)))
}
