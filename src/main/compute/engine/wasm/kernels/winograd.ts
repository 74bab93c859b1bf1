/**
 * Convolution with 3×3 filters, stride 1, 'same' padding, by Winograd's F(4×4, 3×3): 4×4 outputs from a 6×6 patch take 36 products instead
 * of 144. Y = A' [(G g G') ∘ (B' d B)] A, with a matrix product over the channels at each of the 36 places.
 * Source: Lavin & Gray 2015 (arXiv:1509.09308). In float32 the result differs from the direct sum by about 1e-6 of the largest value.
 *
 * The gradient of the input is the same convolution with the filter turned and its channels swapped; that of the filter is the transpose
 * of the forward formula: G' [(B' d B) (A dY A')] G.
 *
 * Work goes in blocks of tiles small enough for the second-level cache. Scratch of one thread: 36 · (block · (Cin + Cout) + 32) + 2 · 36 · 4 numbers.
 */
import { gemm, gemmTransposedLeft } from './gemm'
import { hold, madd, partStart, threadScratch } from './simd'
import { placeBytes, transformGradient, transformInput, transformOutput } from './winograd-transforms'

const PLACES: i32 = 36

/** Four numbers of a filter's tap (i, j) for input k and outputs n..n+3; `isTurned` reads it turned by 180° with the channels swapped. */
// @ts-ignore: decorator
@inline function filterTap(w: usize, i: i32, j: i32, k: i32, n: i32, K: i32, N: i32, isTurned: bool): v128 {
  if (!isTurned) return v128.load(w + (<usize>(((i * 3 + j) * K + k) * N + n) << 2))
  const step: usize = <usize>K << 2
  const p = w + (<usize>((((2 - i) * 3 + 2 - j) * N + n) * K + k) << 2)
  return f32x4(load<f32>(p), load<f32>(p + step), load<f32>(p + 2 * step), load<f32>(p + 3 * step))
}

/** G g for one line: three numbers to six, the last step `toStep` apart. */
// @ts-ignore: decorator
@inline function filterLine(
  g0: v128, g1: v128, g2: v128, to: usize, toStep: usize, quarter: v128, sixth: v128, twelfth: v128, twentyFourth: v128,
): void {
  v128.store(to, f32x4.mul(g0, quarter))
  const outer = f32x4.neg(f32x4.add(g0, g2))
  v128.store(to + toStep, f32x4.mul(sixth, f32x4.sub(outer, g1)))
  v128.store(to + 2 * toStep, f32x4.mul(sixth, f32x4.add(outer, g1)))
  const wide = madd(twentyFourth, g0, f32x4.mul(sixth, g2))
  const middle = f32x4.mul(twelfth, g1)
  v128.store(to + 3 * toStep, f32x4.add(wide, middle))
  v128.store(to + 4 * toStep, f32x4.sub(wide, middle))
  v128.store(to + 5 * toStep, g2)
}

/**
 * The filter at the 36 places, each packed for gemm: u [36][N / 8][K][8] with gaps. w is [3, 3, K, N], or [3, 3, N, K] with `turned` 1.
 * N is a multiple of 8. Range: inputs k.
 */
export function winogradFilter(w: usize, u: usize, K: i32, N: i32, turned: i32, scratch: usize, bytesPerThread: usize, from: i32, to: i32): void {
  const lines = threadScratch(scratch, bytesPerThread)
  const quarter = hold(1.0 / 4.0), sixth = hold(1.0 / 6.0), twelfth = hold(1.0 / 12.0), twentyFourth = hold(1.0 / 24.0)
  const place = placeBytes(K, N)
  for (let k = from; k < to; k++)
    for (let n: i32 = 0; n < N; n += 4) {
      for (let j: i32 = 0; j < 3; j++) {
        const g0 = filterTap(w, 0, j, k, n, K, N, turned != 0)
        const g1 = filterTap(w, 1, j, k, n, K, N, turned != 0)
        const g2 = filterTap(w, 2, j, k, n, K, N, turned != 0)
        filterLine(g0, g1, g2, lines + (<usize>j << 4), 48, quarter, sixth, twelfth, twentyFourth)
      }
      const out = u + (<usize>(((n >> 3) * K + k) * 8 + (n & 7)) << 2)
      for (let i: usize = 0; i < 6; i++) {
        const line = lines + i * 48
        const to = out + i * 6 * place
        filterLine(v128.load(line), v128.load(line, 16), v128.load(line, 32), to, place, quarter, sixth, twelfth, twentyFourth)
      }
    }
}

/** y [B, H, W, Cout] of x [B, H, W, Cin], both multiples of 4, with the filter of winogradFilter. Range: tiles. */
export function winogradConvolution(
  x: usize, u: usize, y: usize, H: i32, W: i32, Cin: i32, Cout: i32, block: i32, scratch: usize, bytesPerThread: usize, from: i32, to: i32,
): void {
  const patch = threadScratch(scratch, bytesPerThread)
  const v = patch + ((2 * PLACES) << 4)
  const vPlace = placeBytes(block, Cin)
  const mPlace = placeBytes(block, Cout)
  const m = v + <usize>PLACES * vPlace
  const uPlace = placeBytes(Cin, Cout)
  for (let first = from; first < to; first += block) {
    const last = min(first + block, to)
    transformInput(x, v, H, W, Cin, block, first, first, last, patch)
    for (let place: i32 = 0; place < PLACES; place++)
      gemm(
        v + <usize>place * vPlace, u + <usize>place * uPlace, m + <usize>place * mPlace,
        Cin, Cout, 0, last - first,
      )
    transformOutput(m, y, H, W, Cout, block, first, last, patch)
  }
}

/** Sums per part the products at the 36 places: sums [parts][36][Cin][Cout] with gaps. Range: parts. */
export function winogradFilterSums(
  x: usize, dy: usize, sums: usize, tiles: i32, H: i32, W: i32, Cin: i32, Cout: i32, block: i32, scratch: usize, bytesPerThread: usize,
  parts: i32, from: i32, to: i32,
): void {
  const patch = threadScratch(scratch, bytesPerThread)
  const v = patch + ((2 * PLACES) << 4)
  const vPlace = placeBytes(block, Cin)
  const mPlace = placeBytes(block, Cout)
  const m = v + <usize>PLACES * vPlace
  const place = placeBytes(Cin, Cout)
  for (let part = from; part < to; part++) {
    const sum = sums + <usize>part * <usize>PLACES * place
    memory.fill(sum, 0, <usize>PLACES * place)
    const end = partStart(tiles, part + 1, parts)
    for (let first = partStart(tiles, part, parts); first < end; first += block) {
      const last = min(first + block, end)
      transformInput(x, v, H, W, Cin, block, first, first, last, patch)
      transformGradient(dy, m, H, W, Cout, block, first, first, last, patch)
      for (let i: i32 = 0; i < PLACES; i++)
        gemmTransposedLeft(
          v + <usize>i * vPlace, m + <usize>i * mPlace, sum + <usize>i * place,
          last - first, Cin, Cout, 0, Cin,
        )
    }
  }
}

/** G' s for one line: six numbers to three. */
// @ts-ignore: decorator
@inline function filterGradientLine(
  from: usize, fromStep: usize, to: usize, toStep: usize, quarter: v128, sixth: v128, twelfth: v128, twentyFourth: v128,
): void {
  const s0 = v128.load(from)
  const s1 = v128.load(from + fromStep)
  const s2 = v128.load(from + 2 * fromStep)
  const s3 = v128.load(from + 3 * fromStep)
  const s4 = v128.load(from + 4 * fromStep)
  const s5 = v128.load(from + 5 * fromStep)
  const near = f32x4.mul(sixth, f32x4.add(s1, s2))
  const far = f32x4.add(s3, s4)
  v128.store(to, madd(quarter, s0, madd(twentyFourth, far, f32x4.neg(near))))
  v128.store(to + toStep, madd(sixth, f32x4.sub(s2, s1), f32x4.mul(twelfth, f32x4.sub(s3, s4))))
  v128.store(to + 2 * toStep, f32x4.add(madd(sixth, far, s5), f32x4.neg(near)))
}

/** dw [3, 3, Cin, Cout] of the sums of winogradFilterSums. Range: inputs. */
export function winogradFilterGradient(
  sums: usize, dw: usize, parts: i32, Cin: i32, Cout: i32, scratch: usize, bytesPerThread: usize, from: i32, to: i32,
): void {
  const total = threadScratch(scratch, bytesPerThread)
  const lines = total + (PLACES << 4)
  const quarter = hold(1.0 / 4.0), sixth = hold(1.0 / 6.0), twelfth = hold(1.0 / 12.0), twentyFourth = hold(1.0 / 24.0)
  const place = placeBytes(Cin, Cout)
  const tap: usize = (<usize>Cin * <usize>Cout) << 2
  for (let k = from; k < to; k++)
    for (let n: i32 = 0; n < Cout; n += 4) {
      const at: usize = <usize>(k * Cout + n) << 2
      for (let i: usize = 0; i < <usize>PLACES; i++) {
        let sum = f32x4.splat(0)
        for (let part: i32 = 0; part < parts; part++) sum = f32x4.add(sum, v128.load(sums + (<usize>(part * PLACES) + i) * place + at))
        v128.store(total + (i << 4), sum)
      }
      for (let j: usize = 0; j < 6; j++) filterGradientLine(total + (j << 4), 96, lines + (j << 4), 96, quarter, sixth, twelfth, twentyFourth)
      for (let i: usize = 0; i < 3; i++) filterGradientLine(lines + i * 96, 16, dw + i * 3 * tap + at, tap, quarter, sixth, twelfth, twentyFourth)
    }
}
