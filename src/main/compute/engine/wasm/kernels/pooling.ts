/** Gradients of the largest of some pixels; the first of several equal ones takes it. See [Note: Kernels]. */

/** Windows of 2×2, stride 2, H and W even, C a multiple of 4. Range: rows B · H / 2. */
export function maxPoolGradient(x: usize, y: usize, dy: usize, dx: usize, W: i32, C: i32, from: i32, to: i32): void {
  const pixel: usize = <usize>C << 2
  const xRow = <usize>W * pixel
  const zero = f32x4.splat(0)
  for (let r = from; r < to; r++)
    for (let column: i32 = 0; column < W / 2; column++) {
      const small = <usize>(r * (W / 2) + column) * pixel
      const large = <usize>(2 * r * W + 2 * column) * pixel
      for (let c: usize = 0; c < pixel; c += 16) {
        const largest = v128.load(y + small + c)
        let left = v128.load(dy + small + c)
        for (let q: usize = 0; q < 4; q++) {
          const at = large + (q >> 1) * xRow + (q & 1) * pixel + c
          const isLargest = f32x4.eq(v128.load(x + at), largest)
          v128.store(dx + at, v128.and(left, isLargest))
          left = v128.bitselect(zero, left, isLargest)
        }
      }
    }
}

/** Any window, any C. Range: images. */
export function maxPoolGradientOfWindow(
  x: usize, dy: usize, dx: usize, H: i32, W: i32, C: i32, OH: i32, OW: i32, kh: i32, kw: i32, strideH: i32, strideW: i32, top: i32, left: i32,
  from: i32, to: i32,
): void {
  const imageBytes: usize = <usize>(H * W * C) << 2
  for (let image = from; image < to; image++) {
    const source = x + <usize>image * imageBytes
    const target = dx + <usize>image * imageBytes
    memory.fill(target, 0, imageBytes)
    for (let pixel: i32 = 0; pixel < OH * OW; pixel++) {
      const h0 = (pixel / OW) * strideH - top
      const w0 = (pixel % OW) * strideW - left
      for (let c: i32 = 0; c < C; c++) {
        let largest: f32 = -Infinity
        let at: usize = 0
        for (let h = max(0, h0); h < min(H, h0 + kh); h++)
          for (let w = max(0, w0); w < min(W, w0 + kw); w++) {
            const offset: usize = <usize>((h * W + w) * C + c) << 2
            const value = load<f32>(source + offset)
            if (value > largest) {
              largest = value
              at = offset
            }
          }
        const gradient = load<f32>(dy + (<usize>((image * OH * OW + pixel) * C + c) << 2))
        store<f32>(target + at, load<f32>(target + at) + gradient)
      }
    }
  }
}
