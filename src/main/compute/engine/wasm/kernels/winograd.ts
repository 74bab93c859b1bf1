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
import { madd, partStart, threadScratch } from './simd'

const PLACES: i32 = 36
const TILE: i32 = 4
/** Bytes between the blocks of two places beyond their own: without it all 36 fall on the same lines of the first-level cache. */
const PLACE_GAP: usize = 64

/** Bytes from one place to the next, for a block of tiles of C channels. */
// @ts-ignore: decorator
@inline function placeBytes(block: i32, C: i32): usize {
  return (<usize>(block * C) << 2) + PLACE_GAP
}

/** B' d for one line of six numbers. */
// @ts-ignore: decorator
@inline function inputLine(from: usize, fromStep: usize, to: usize, toStep: usize): void {
  const d0 = v128.load(from)
  const d1 = v128.load(from + fromStep)
  const d2 = v128.load(from + 2 * fromStep)
  const d3 = v128.load(from + 3 * fromStep)
  const d4 = v128.load(from + 4 * fromStep)
  const d5 = v128.load(from + 5 * fromStep)
  const four = f32x4.splat(4)
  const two = f32x4.splat(2)
  const minusFive = f32x4.splat(-5)
  v128.store(to, madd(four, d0, madd(minusFive, d2, d4)))
  const even = madd(f32x4.splat(-4), d2, d4)
  const odd = madd(f32x4.splat(-4), d1, d3)
  v128.store(to + toStep, f32x4.add(even, odd))
  v128.store(to + 2 * toStep, f32x4.sub(even, odd))
  const far = f32x4.sub(d4, d2)
  const near = f32x4.mul(two, f32x4.sub(d3, d1))
  v128.store(to + 3 * toStep, f32x4.add(far, near))
  v128.store(to + 4 * toStep, f32x4.sub(far, near))
  v128.store(to + 5 * toStep, madd(four, d1, madd(minusFive, d3, d5)))
}

/** A' m: six numbers to four. */
// @ts-ignore: decorator
@inline function outputLine(from: usize, fromStep: usize, to: usize, toStep: usize, count: i32): void {
  const m0 = v128.load(from)
  const m1 = v128.load(from + fromStep)
  const m2 = v128.load(from + 2 * fromStep)
  const m3 = v128.load(from + 3 * fromStep)
  const m4 = v128.load(from + 4 * fromStep)
  const m5 = v128.load(from + 5 * fromStep)
  const sum12 = f32x4.add(m1, m2)
  const sum34 = f32x4.add(m3, m4)
  const difference12 = f32x4.sub(m1, m2)
  const difference34 = f32x4.sub(m3, m4)
  v128.store(to, f32x4.add(m0, f32x4.add(sum12, sum34)))
  if (count > 1) v128.store(to + toStep, madd(f32x4.splat(2), difference34, difference12))
  if (count > 2) v128.store(to + 2 * toStep, madd(f32x4.splat(4), sum34, sum12))
  if (count > 3) v128.store(to + 3 * toStep, f32x4.add(m5, madd(f32x4.splat(8), difference34, difference12)))
}

/** A y: four numbers to six, the transpose of outputLine. */
// @ts-ignore: decorator
@inline function gradientLine(from: usize, fromStep: usize, to: usize, toStep: usize): void {
  const y0 = v128.load(from)
  const y1 = v128.load(from + fromStep)
  const y2 = v128.load(from + 2 * fromStep)
  const y3 = v128.load(from + 3 * fromStep)
  v128.store(to, y0)
  const even = f32x4.add(y0, y2)
  const odd = f32x4.add(y1, y3)
  v128.store(to + toStep, f32x4.add(even, odd))
  v128.store(to + 2 * toStep, f32x4.sub(even, odd))
  const evenFar = madd(f32x4.splat(4), y2, y0)
  const oddFar = madd(f32x4.splat(8), y3, f32x4.mul(f32x4.splat(2), y1))
  v128.store(to + 3 * toStep, f32x4.add(evenFar, oddFar))
  v128.store(to + 4 * toStep, f32x4.sub(evenFar, oddFar))
  v128.store(to + 5 * toStep, y3)
}

/** Copies `side`² pixels from (top, left) of an image, four channels, zeros outside. */
// @ts-ignore: decorator
@inline function copyPatch(image: usize, to: usize, H: i32, W: i32, pixel: usize, top: i32, left: i32, side: i32): void {
  for (let i: i32 = 0; i < side; i++) {
    const h = top + i
    for (let j: i32 = 0; j < side; j++) {
      const w = left + j
      const inside = h >= 0 && h < H && w >= 0 && w < W
      v128.store(to + (<usize>(i * side + j) << 4), inside ? v128.load(image + <usize>(h * W + w) * pixel) : f32x4.splat(0))
    }
  }
}

/** Brings the patches of tiles [first, last) of x to the 36 places: out [36][block][C]. `patch` is scratch of 2 · 36 vectors. */
function transformInput(x: usize, out: usize, H: i32, W: i32, C: i32, across: i32, down: i32, block: i32, first: i32, last: i32, patch: usize): void {
  const pixel: usize = <usize>C << 2
  const place = placeBytes(block, C)
  const lines = patch + (PLACES << 4)
  for (let tile = first; tile < last; tile++) {
    const image = x + <usize>(tile / (across * down)) * <usize>(H * W) * pixel
    const top = ((tile / across) % down) * TILE - 1
    const left = (tile % across) * TILE - 1
    const isInside = top >= 0 && left >= 0 && top + 6 <= H && left + 6 <= W
    for (let c: usize = 0; c < pixel; c += 16) {
      let source = image + c
      let step = pixel
      let row = <usize>W * pixel
      if (isInside) source += <usize>(top * W + left) * pixel
      else {
        copyPatch(source, patch, H, W, pixel, top, left, 6)
        source = patch
        step = 16
        row = 96
      }
      for (let i: usize = 0; i < 6; i++) inputLine(source + i * row, step, lines + i * 96, 16)
      const to = out + <usize>(tile - first) * pixel + c
      for (let j: usize = 0; j < 6; j++) inputLine(lines + (j << 4), 96, to + j * place, 6 * place)
    }
  }
}

/** As transformInput, for the gradient of the output: 4×4 numbers to the 36 places. */
function transformGradient(dy: usize, out: usize, H: i32, W: i32, C: i32, across: i32, down: i32, block: i32, first: i32, last: i32, patch: usize): void {
  const pixel: usize = <usize>C << 2
  const place = placeBytes(block, C)
  const lines = patch + (PLACES << 4)
  for (let tile = first; tile < last; tile++) {
    const image = dy + <usize>(tile / (across * down)) * <usize>(H * W) * pixel
    const top = ((tile / across) % down) * TILE
    const left = (tile % across) * TILE
    const isInside = top + TILE <= H && left + TILE <= W
    for (let c: usize = 0; c < pixel; c += 16) {
      let source = image + c
      let step = pixel
      let row = <usize>W * pixel
      if (isInside) source += <usize>(top * W + left) * pixel
      else {
        copyPatch(source, patch, H, W, pixel, top, left, TILE)
        source = patch
        step = 16
        row = 64
      }
      for (let i: usize = 0; i < 4; i++) gradientLine(source + i * row, step, lines + i * 96, 16)
      const to = out + <usize>(tile - first) * pixel + c
      for (let j: usize = 0; j < 6; j++) gradientLine(lines + (j << 4), 96, to + j * place, 6 * place)
    }
  }
}

/** Brings tiles [first, last) back from the 36 places, m [36][block][C], to the pixels of y that exist. */
function transformOutput(m: usize, y: usize, H: i32, W: i32, C: i32, across: i32, down: i32, block: i32, first: i32, last: i32, patch: usize): void {
  const pixel: usize = <usize>C << 2
  const place = placeBytes(block, C)
  for (let tile = first; tile < last; tile++) {
    const top = ((tile / across) % down) * TILE
    const left = (tile % across) * TILE
    const image = y + <usize>(tile / (across * down)) * <usize>(H * W) * pixel
    const rows = min(TILE, H - top)
    const columns = min(TILE, W - left)
    for (let c: usize = 0; c < pixel; c += 16) {
      const from = m + <usize>(tile - first) * pixel + c
      for (let j: usize = 0; j < 6; j++) outputLine(from + j * place, 6 * place, patch + (j << 4), 96, TILE)
      const to = image + <usize>(top * W + left) * pixel + c
      for (let i: i32 = 0; i < rows; i++) outputLine(patch + <usize>i * 96, 16, to + <usize>(i * W) * pixel, pixel, columns)
    }
  }
}

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
@inline function filterLine(g0: v128, g1: v128, g2: v128, to: usize, toStep: usize): void {
  const sixth = f32x4.splat(-1.0 / 6.0)
  v128.store(to, f32x4.mul(g0, f32x4.splat(0.25)))
  const outer = f32x4.add(g0, g2)
  v128.store(to + toStep, f32x4.mul(sixth, f32x4.add(outer, g1)))
  v128.store(to + 2 * toStep, f32x4.mul(sixth, f32x4.sub(outer, g1)))
  const wide = madd(f32x4.splat(1.0 / 24.0), g0, f32x4.mul(f32x4.splat(1.0 / 6.0), g2))
  const middle = f32x4.mul(f32x4.splat(1.0 / 12.0), g1)
  v128.store(to + 3 * toStep, f32x4.add(wide, middle))
  v128.store(to + 4 * toStep, f32x4.sub(wide, middle))
  v128.store(to + 5 * toStep, g2)
}

/**
 * The filter at the 36 places, each packed for gemm: u [36][N / 8][K][8]. w is [3, 3, K, N], or [3, 3, N, K] with `turned` 1.
 * N is a multiple of 8. Range: inputs k.
 */
export function winogradFilter(w: usize, u: usize, K: i32, N: i32, turned: i32, scratch: usize, bytesPerThread: usize, from: i32, to: i32): void {
  const lines = threadScratch(scratch, bytesPerThread)
  const place: usize = (<usize>K * <usize>N) << 2
  for (let k = from; k < to; k++)
    for (let n: i32 = 0; n < N; n += 4) {
      for (let j: i32 = 0; j < 3; j++) {
        const g0 = filterTap(w, 0, j, k, n, K, N, turned != 0)
        const g1 = filterTap(w, 1, j, k, n, K, N, turned != 0)
        const g2 = filterTap(w, 2, j, k, n, K, N, turned != 0)
        filterLine(g0, g1, g2, lines + (<usize>j << 4), 48)
      }
      const out = u + (<usize>(((n >> 3) * K + k) * 8 + (n & 7)) << 2)
      for (let i: usize = 0; i < 6; i++) {
        const line = lines + i * 48
        filterLine(v128.load(line), v128.load(line, 16), v128.load(line, 32), out + i * 6 * place, place)
      }
    }
}

/** y [B, H, W, Cout] of x [B, H, W, Cin], both multiples of 4, with the filter of winogradFilter. Range: tiles. */
export function winogradConvolution(
  x: usize, u: usize, y: usize, H: i32, W: i32, Cin: i32, Cout: i32, block: i32, scratch: usize, bytesPerThread: usize, from: i32, to: i32,
): void {
  const across = (W + 3) >> 2
  const down = (H + 3) >> 2
  const patch = threadScratch(scratch, bytesPerThread)
  const v = patch + ((2 * PLACES) << 4)
  const vPlace = placeBytes(block, Cin)
  const mPlace = placeBytes(block, Cout)
  const m = v + <usize>PLACES * vPlace
  for (let first = from; first < to; first += block) {
    const last = min(first + block, to)
    transformInput(x, v, H, W, Cin, across, down, block, first, last, patch)
    for (let place: i32 = 0; place < PLACES; place++)
      gemm(
        v + <usize>place * vPlace, u + (<usize>(place * Cin * Cout) << 2), m + <usize>place * mPlace,
        Cin, Cout, 0, last - first,
      )
    transformOutput(m, y, H, W, Cout, across, down, block, first, last, patch)
  }
}

/** Sums per part the products at the 36 places: sums [parts][36][Cin][Cout]. Range: parts. */
export function winogradFilterSums(
  x: usize, dy: usize, sums: usize, tiles: i32, H: i32, W: i32, Cin: i32, Cout: i32, block: i32, scratch: usize, bytesPerThread: usize,
  parts: i32, from: i32, to: i32,
): void {
  const across = (W + 3) >> 2
  const down = (H + 3) >> 2
  const patch = threadScratch(scratch, bytesPerThread)
  const v = patch + ((2 * PLACES) << 4)
  const vPlace = placeBytes(block, Cin)
  const mPlace = placeBytes(block, Cout)
  const m = v + <usize>PLACES * vPlace
  const place: usize = (<usize>Cin * <usize>Cout) << 2
  for (let part = from; part < to; part++) {
    const sum = sums + <usize>part * <usize>PLACES * place
    memory.fill(sum, 0, <usize>PLACES * place)
    const end = partStart(tiles, part + 1, parts)
    for (let first = partStart(tiles, part, parts); first < end; first += block) {
      const last = min(first + block, end)
      transformInput(x, v, H, W, Cin, across, down, block, first, last, patch)
      transformGradient(dy, m, H, W, Cout, across, down, block, first, last, patch)
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
@inline function filterGradientLine(from: usize, fromStep: usize, to: usize, toStep: usize): void {
  const s0 = v128.load(from)
  const s1 = v128.load(from + fromStep)
  const s2 = v128.load(from + 2 * fromStep)
  const s3 = v128.load(from + 3 * fromStep)
  const s4 = v128.load(from + 4 * fromStep)
  const s5 = v128.load(from + 5 * fromStep)
  const sixth = f32x4.splat(1.0 / 6.0)
  const near = f32x4.mul(sixth, f32x4.add(s1, s2))
  const far = f32x4.add(s3, s4)
  v128.store(to, madd(f32x4.splat(0.25), s0, madd(f32x4.splat(1.0 / 24.0), far, f32x4.neg(near))))
  v128.store(to + toStep, madd(sixth, f32x4.sub(s2, s1), f32x4.mul(f32x4.splat(1.0 / 12.0), f32x4.sub(s3, s4))))
  v128.store(to + 2 * toStep, f32x4.add(madd(sixth, far, s5), f32x4.neg(near)))
}

/** dw [3, 3, Cin, Cout] of the sums of winogradFilterSums. Range: inputs. */
export function winogradFilterGradient(
  sums: usize, dw: usize, parts: i32, Cin: i32, Cout: i32, scratch: usize, bytesPerThread: usize, from: i32, to: i32,
): void {
  const total = threadScratch(scratch, bytesPerThread)
  const lines = total + (PLACES << 4)
  const place: usize = (<usize>Cin * <usize>Cout) << 2
  for (let k = from; k < to; k++)
    for (let n: i32 = 0; n < Cout; n += 4) {
      const at: usize = <usize>(k * Cout + n) << 2
      for (let i: usize = 0; i < <usize>PLACES; i++) {
        let sum = f32x4.splat(0)
        for (let part: i32 = 0; part < parts; part++) sum = f32x4.add(sum, v128.load(sums + (<usize>(part * PLACES) + i) * place + at))
        v128.store(total + (i << 4), sum)
      }
      for (let j: usize = 0; j < 6; j++) filterGradientLine(total + (j << 4), 96, lines + (j << 4), 96)
      for (let i: usize = 0; i < 3; i++) filterGradientLine(lines + i * 96, 16, dw + i * 3 * place + at, place)
    }
}
