/** Depthwise convolution, one filter [k, k, C, 1] per channel, C a multiple of 4; 3×3 and 5×5 are fast. See [Note: Kernels]. */
import { madd, partStart } from './simd'

/** First output column whose filter lies fully inside the image, and one past the last. */
// @ts-ignore: decorator
@inline function insideStart(OW: i32, stride: i32, left: i32): i32 {
  return min(OW, (left + stride - 1) / stride)
}
// @ts-ignore: decorator
@inline function insideEnd(W: i32, OW: i32, k: i32, stride: i32, left: i32, start: i32): i32 {
  // Other sizes take the slow way of the borders for every column.
  if (k != 3 && k != 5) return start
  return max(start, min(OW, W + left - k < 0 ? 0 : (W + left - k) / stride + 1))
}

/** y [B, OH, OW, C]; `turned` 1 reads the filter turned by 180°, which makes it the gradient of the input at stride 1. Range: rows B · OH. */
export function depthwise(
  x: usize, filter: usize, y: usize, H: i32, W: i32, C: i32, OH: i32, OW: i32, k: i32, stride: i32, top: i32, left: i32, turned: i32, from: i32, to: i32,
): void {
  const pixel: usize = <usize>C << 2
  const xStep = pixel * <usize>stride
  const start = insideStart(OW, stride, left)
  const end = insideEnd(W, OW, k, stride, left, start)
  for (let row = from; row < to; row++) {
    const image = row / OH
    const h0 = (row % OH) * stride - top
    const yRow = y + <usize>(row * OW) * pixel
    memory.fill(yRow, 0, <usize>OW * pixel)
    for (let i: i32 = 0; i < k; i++) {
      const h = h0 + i
      if (h < 0 || h >= H) continue
      const xRow = x + <usize>((image * H + h) * W) * pixel
      for (let c: usize = 0; c < pixel; c += 16) {
        // Taps of this line of the filter lie `tap` apart, forwards or backwards.
        const tap: isize = turned ? -(<isize>pixel) : <isize>pixel
        const line = filter + <usize>(turned ? k * k - 1 - i * k : i * k) * pixel + c
        const w0 = v128.load(line)
        const w1 = v128.load(line + tap)
        const w2 = v128.load(line + 2 * tap)
        let py = yRow + <usize>start * pixel + c
        let px = xRow + <usize>(start * stride - left) * pixel + c
        if (k == 3) {
          for (let o = start; o < end; o++) {
            let sum = madd(w0, v128.load(px), v128.load(py))
            sum = madd(w1, v128.load(px + pixel), sum)
            v128.store(py, madd(w2, v128.load(px + 2 * pixel), sum))
            py += pixel
            px += xStep
          }
        } else {
          const w3 = v128.load(line + 3 * tap)
          const w4 = v128.load(line + 4 * tap)
          for (let o = start; o < end; o++) {
            let sum = madd(w0, v128.load(px), v128.load(py))
            sum = madd(w1, v128.load(px + pixel), sum)
            sum = madd(w2, v128.load(px + 2 * pixel), sum)
            sum = madd(w3, v128.load(px + 3 * pixel), sum)
            v128.store(py, madd(w4, v128.load(px + 4 * pixel), sum))
            py += pixel
            px += xStep
          }
        }
        for (let o: i32 = 0; o < OW; o++) {
          if (o == start && end > start) {
            o = end - 1
            continue
          }
          const p = yRow + <usize>o * pixel + c
          let sum = v128.load(p)
          for (let j: i32 = 0; j < k; j++) {
            const w = o * stride + j - left
            if (w >= 0 && w < W) sum = madd(v128.load(line + <isize>j * tap), v128.load(xRow + <usize>w * pixel + c), sum)
          }
          v128.store(p, sum)
        }
      }
    }
  }
}

/** Gradient of the input for any stride: dx [B, H, W, C]. Range: rows B · H. */
export function depthwiseInputGradient(
  dy: usize, filter: usize, dx: usize, H: i32, W: i32, C: i32, OH: i32, OW: i32, k: i32, stride: i32, top: i32, left: i32, from: i32, to: i32,
): void {
  const pixel: usize = <usize>C << 2
  for (let row = from; row < to; row++) {
    const image = row / H
    const h = row % H
    const dxRow = dx + <usize>(row * W) * pixel
    memory.fill(dxRow, 0, <usize>W * pixel)
    for (let i: i32 = 0; i < k; i++) {
      const reach = h + top - i
      if (reach < 0 || reach % stride != 0 || reach / stride >= OH) continue
      const dyRow = dy + <usize>((image * OH + reach / stride) * OW) * pixel
      for (let w: i32 = 0; w < W; w++) {
        let firstTap = max(0, w + left - (OW - 1) * stride)
        const lastTap = min(k - 1, w + left)
        while ((w + left - firstTap) % stride != 0) firstTap++
        const p = dxRow + <usize>w * pixel
        for (let c: usize = 0; c < pixel; c += 16) {
          let sum = v128.load(p + c)
          for (let j = firstTap; j <= lastTap; j += stride) {
            const source = dyRow + <usize>((w + left - j) / stride) * pixel + c
            sum = madd(v128.load(source), v128.load(filter + <usize>(i * k + j) * pixel + c), sum)
          }
          v128.store(p + c, sum)
        }
      }
    }
  }
}

/** Gradient of the filter, summed per part: sums [parts][k][k][C]. Parts share out the rows of dy. Range: parts. */
export function depthwiseFilterSums(
  x: usize, dy: usize, sums: usize, B: i32, H: i32, W: i32, C: i32, OH: i32, OW: i32, k: i32, stride: i32, top: i32, left: i32, parts: i32,
  from: i32, to: i32,
): void {
  const pixel: usize = <usize>C << 2
  const xStep = pixel * <usize>stride
  const start = insideStart(OW, stride, left)
  const end = insideEnd(W, OW, k, stride, left, start)
  for (let part = from; part < to; part++) {
    const sum = sums + <usize>(part * k * k) * pixel
    memory.fill(sum, 0, <usize>(k * k) * pixel)
    const lastRow = partStart(B * OH, part + 1, parts)
    for (let row = partStart(B * OH, part, parts); row < lastRow; row++) {
      const image = row / OH
      const dyRow = dy + <usize>(row * OW) * pixel
      for (let i: i32 = 0; i < k; i++) {
        const h = (row % OH) * stride + i - top
        if (h < 0 || h >= H) continue
        const xRow = x + <usize>((image * H + h) * W) * pixel
        for (let c: usize = 0; c < pixel; c += 16) {
          const line = sum + <usize>(i * k) * pixel + c
          if (end > start) {
            let s0 = v128.load(line)
            let s1 = v128.load(line + pixel)
            let s2 = v128.load(line + 2 * pixel)
            let pd = dyRow + <usize>start * pixel + c
            let px = xRow + <usize>(start * stride - left) * pixel + c
            if (k == 3) {
              for (let o = start; o < end; o++) {
                const d = v128.load(pd)
                s0 = madd(d, v128.load(px), s0)
                s1 = madd(d, v128.load(px + pixel), s1)
                s2 = madd(d, v128.load(px + 2 * pixel), s2)
                pd += pixel
                px += xStep
              }
            } else {
              let s3 = v128.load(line + 3 * pixel)
              let s4 = v128.load(line + 4 * pixel)
              for (let o = start; o < end; o++) {
                const d = v128.load(pd)
                s0 = madd(d, v128.load(px), s0)
                s1 = madd(d, v128.load(px + pixel), s1)
                s2 = madd(d, v128.load(px + 2 * pixel), s2)
                s3 = madd(d, v128.load(px + 3 * pixel), s3)
                s4 = madd(d, v128.load(px + 4 * pixel), s4)
                pd += pixel
                px += xStep
              }
              v128.store(line + 3 * pixel, s3)
              v128.store(line + 4 * pixel, s4)
            }
            v128.store(line, s0)
            v128.store(line + pixel, s1)
            v128.store(line + 2 * pixel, s2)
          }
          for (let o: i32 = 0; o < OW; o++) {
            if (o == start && end > start) {
              o = end - 1
              continue
            }
            const d = v128.load(dyRow + <usize>o * pixel + c)
            for (let j: i32 = 0; j < k; j++) {
              const w = o * stride + j - left
              if (w < 0 || w >= W) continue
              const p = line + <usize>j * pixel
              v128.store(p, madd(d, v128.load(xRow + <usize>w * pixel + c), v128.load(p)))
            }
          }
        }
      }
    }
  }
}
