/**
 * Winograd's transforms between pixels and the 36 places, and of filters; the formulas are in winograd.ts. Each is a 'line' of one
 * dimension, done first along the rows and then along the columns; in between the numbers lie in `lines`, scratch of 36 vectors. Constants
 * are held: see [Note: Held constants].
 */
import { hold, madd, nmadd } from './simd'

const TILE: i32 = 4
/** Bytes from one line of scratch to the next: six vectors. */
const LINE: usize = 96

/**
 * Bytes between the blocks of two places beyond their own: without it all 36 fall on the same lines of the first-level cache. Of filters,
 * 128 channels to 128: to the places 1.5 -> 0.1 ms, the gradient back 1.2 -> 0.3 (and half as many parts).
 */
const PLACE_GAP: usize = 64

/** Bytes from one place to the next: of a block of tiles with C channels, or of a filter with so many inputs and outputs. */
// @ts-ignore: decorator
@inline export function placeBytes(block: i32, C: i32): usize {
  return (<usize>(block * C) << 2) + PLACE_GAP
}

/** B' d: six numbers to six. */
// @ts-ignore: decorator
@inline function inputLine(
  d0: v128, d1: v128, d2: v128, d3: v128, d4: v128, d5: v128, to: usize, step: usize, two: v128, four: v128, five: v128,
): void {
  v128.store(to, madd(four, d0, nmadd(five, d2, d4)))
  const even = nmadd(four, d2, d4)
  const odd = nmadd(four, d1, d3)
  v128.store(to + step, f32x4.add(even, odd))
  v128.store(to + 2 * step, f32x4.sub(even, odd))
  const far = f32x4.sub(d4, d2)
  const near = f32x4.sub(d3, d1)
  v128.store(to + 3 * step, madd(two, near, far))
  v128.store(to + 4 * step, nmadd(two, near, far))
  v128.store(to + 5 * step, madd(four, d1, nmadd(five, d3, d5)))
}

/** A y: four numbers to six, the transpose of outputLine. */
// @ts-ignore: decorator
@inline function gradientLine(y0: v128, y1: v128, y2: v128, y3: v128, to: usize, step: usize, two: v128, four: v128, eight: v128): void {
  v128.store(to, y0)
  const even = f32x4.add(y0, y2)
  const odd = f32x4.add(y1, y3)
  v128.store(to + step, f32x4.add(even, odd))
  v128.store(to + 2 * step, f32x4.sub(even, odd))
  const evenFar = madd(four, y2, y0)
  const oddFar = madd(eight, y3, f32x4.mul(two, y1))
  v128.store(to + 3 * step, f32x4.add(evenFar, oddFar))
  v128.store(to + 4 * step, f32x4.sub(evenFar, oddFar))
  v128.store(to + 5 * step, y3)
}

/** The vector at `p`, or zero where the place lies outside. */
// @ts-ignore: decorator
@inline function within(isInside: bool, p: usize): v128 {
  return isInside ? v128.load(p) : f32x4.splat(0)
}

/** Where a tile of `side` pixels lies in its image: which of its rows and columns exist. */
// @ts-ignore: decorator
@inline function firstInside(start: i32): i32 {
  return max(0, -start)
}
// @ts-ignore: decorator
@inline function endInside(start: i32, size: i32, side: i32): i32 {
  return min(side, size - start)
}

/** Brings the 6×6 patches of tiles [first, last) of x to the 36 places: out [36][block][C], tile `origin` first. */
export function transformInput(
  x: usize, out: usize, H: i32, W: i32, C: i32, block: i32, origin: i32, first: i32, last: i32, lines: usize,
): void {
  const across = (W + 3) >> 2
  const down = (H + 3) >> 2
  const pixel: usize = <usize>C << 2
  const row: usize = <usize>W * pixel
  const place = placeBytes(block, C)
  const two = hold(2), four = hold(4), five = hold(5)
  for (let tile = first; tile < last; tile++) {
    const top = ((tile / across) % down) * TILE - 1
    const left = (tile % across) * TILE - 1
    const i0 = firstInside(top), i1 = endInside(top, H, 6)
    const j0 = firstInside(left), j1 = endInside(left, W, 6)
    const image = x + <usize>(tile / (across * down)) * <usize>H * row
    // May lie before the image: what is outside is never read.
    let source = image + <usize>(top * W + left) * pixel
    let target = out + <usize>(tile - origin) * pixel
    for (let c: usize = 0; c < pixel; c += 16) {
      let p = source
      for (let i: i32 = 0; i < 6; i++) {
        const to = lines + <usize>i * LINE
        if (i < i0 || i >= i1) memory.fill(to, 0, LINE)
        else if (j1 - j0 == 6)
          inputLine(
            v128.load(p), v128.load(p + pixel), v128.load(p + 2 * pixel), v128.load(p + 3 * pixel), v128.load(p + 4 * pixel),
            v128.load(p + 5 * pixel), to, 16, two, four, five,
          )
        else
          inputLine(
            within(j0 == 0, p), within(j1 > 1, p + pixel), within(j1 > 2, p + 2 * pixel), within(j1 > 3, p + 3 * pixel),
            within(j1 > 4, p + 4 * pixel), within(j1 > 5, p + 5 * pixel), to, 16, two, four, five,
          )
        p += row
      }
      let to = target
      for (let line = lines; line < lines + LINE; line += 16) {
        inputLine(
          v128.load(line), v128.load(line, 96), v128.load(line, 192), v128.load(line, 288), v128.load(line, 384), v128.load(line, 480),
          to, 6 * place, two, four, five,
        )
        to += place
      }
      source += 16
      target += 16
    }
  }
}

/** As transformInput, for the gradient of the output: 4×4 numbers to the 36 places. */
export function transformGradient(
  dy: usize, out: usize, H: i32, W: i32, C: i32, block: i32, origin: i32, first: i32, last: i32, lines: usize,
): void {
  const across = (W + 3) >> 2
  const down = (H + 3) >> 2
  const pixel: usize = <usize>C << 2
  const row: usize = <usize>W * pixel
  const place = placeBytes(block, C)
  const two = hold(2), four = hold(4), eight = hold(8)
  for (let tile = first; tile < last; tile++) {
    const top = ((tile / across) % down) * TILE
    const left = (tile % across) * TILE
    const i1 = endInside(top, H, TILE)
    const j1 = endInside(left, W, TILE)
    let source = dy + <usize>(tile / (across * down)) * <usize>H * row + <usize>(top * W + left) * pixel
    let target = out + <usize>(tile - origin) * pixel
    for (let c: usize = 0; c < pixel; c += 16) {
      let p = source
      for (let i: i32 = 0; i < TILE; i++) {
        const to = lines + <usize>i * LINE
        if (i >= i1) memory.fill(to, 0, LINE)
        else
          gradientLine(
            v128.load(p), within(j1 > 1, p + pixel), within(j1 > 2, p + 2 * pixel), within(j1 > 3, p + 3 * pixel),
            to, 16, two, four, eight,
          )
        p += row
      }
      let to = target
      for (let line = lines; line < lines + LINE; line += 16) {
        gradientLine(
          v128.load(line), v128.load(line, 96), v128.load(line, 192), v128.load(line, 288), to, 6 * place, two, four, eight,
        )
        to += place
      }
      source += 16
      target += 16
    }
  }
}

/** A' m: six numbers to the first `count` of four. */
// @ts-ignore: decorator
@inline function outputLine(
  m0: v128, m1: v128, m2: v128, m3: v128, m4: v128, m5: v128, to: usize, step: usize, count: i32, two: v128, four: v128, eight: v128,
): void {
  const sum12 = f32x4.add(m1, m2)
  const sum34 = f32x4.add(m3, m4)
  const difference12 = f32x4.sub(m1, m2)
  const difference34 = f32x4.sub(m3, m4)
  v128.store(to, f32x4.add(m0, f32x4.add(sum12, sum34)))
  if (count > 1) v128.store(to + step, madd(two, difference34, difference12))
  if (count > 2) v128.store(to + 2 * step, madd(four, sum34, sum12))
  if (count > 3) v128.store(to + 3 * step, f32x4.add(m5, madd(eight, difference34, difference12)))
}

/** Brings tiles [first, last) back from the 36 places, m [36][block][C] with tile `first` first, to the pixels of y that exist. */
export function transformOutput(m: usize, y: usize, H: i32, W: i32, C: i32, block: i32, first: i32, last: i32, lines: usize): void {
  const across = (W + 3) >> 2
  const down = (H + 3) >> 2
  const pixel: usize = <usize>C << 2
  const row: usize = <usize>W * pixel
  const place = placeBytes(block, C)
  const two = hold(2), four = hold(4), eight = hold(8)
  for (let tile = first; tile < last; tile++) {
    const top = ((tile / across) % down) * TILE
    const left = (tile % across) * TILE
    const rows = endInside(top, H, TILE)
    const columns = endInside(left, W, TILE)
    let source = m + <usize>(tile - first) * pixel
    let target = y + <usize>(tile / (across * down)) * <usize>H * row + <usize>(top * W + left) * pixel
    for (let c: usize = 0; c < pixel; c += 16) {
      let p = source
      for (let line = lines; line < lines + LINE; line += 16) {
        const next = p + 6 * place
        outputLine(
          v128.load(p), v128.load(next), v128.load(next + 6 * place), v128.load(next + 12 * place), v128.load(next + 18 * place),
          v128.load(next + 24 * place), line, LINE, TILE, two, four, eight,
        )
        p += place
      }
      let to = target
      for (let line = lines; line < lines + <usize>rows * LINE; line += LINE) {
        outputLine(
          v128.load(line), v128.load(line, 16), v128.load(line, 32), v128.load(line, 48), v128.load(line, 64), v128.load(line, 80),
          to, pixel, columns, two, four, eight,
        )
        to += row
      }
      source += 16
      target += 16
    }
  }
}
