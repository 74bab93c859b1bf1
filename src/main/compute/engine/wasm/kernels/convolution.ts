/**
 * One row per output pixel with the kh · kw · C numbers its filter sees, zeros outside the image: convolution becomes a product.
 * Range: rows of output pixels (B · OH).
 */
export function patches(
  x: usize, out: usize, H: i32, W: i32, C: i32, OH: i32, OW: i32, kh: i32, kw: i32, strideH: i32, strideW: i32, top: i32, left: i32, from: i32, to: i32,
): void {
  const pixel: usize = <usize>C << 2
  for (let row = from; row < to; row++) {
    const image = row / OH
    const h0 = (row % OH) * strideH - top
    let p = out + <usize>(row * OW) * <usize>(kh * kw) * pixel
    for (let ow: i32 = 0; ow < OW; ow++) {
      const w0 = ow * strideW - left
      for (let i: i32 = 0; i < kh; i++) {
        const h = h0 + i
        for (let j: i32 = 0; j < kw; j++) {
          const w = w0 + j
          if (h < 0 || h >= H || w < 0 || w >= W) memory.fill(p, 0, pixel)
          else {
            const source = x + <usize>((image * H + h) * W + w) * pixel
            if (C == 1) store<f32>(p, load<f32>(source))
            else memory.copy(p, source, pixel)
          }
          p += pixel
        }
      }
    }
  }
}
