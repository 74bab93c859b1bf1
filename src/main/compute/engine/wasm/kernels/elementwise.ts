/** Operations on each number; sizes are multiples of 4, since a write past the end would reach the next tensor. See [Note: Kernels]. */
import { madd, partStart, sigmoid, swishGradient as swishGradientOf } from './simd'

/** y = swish(x). Range: groups of four numbers. */
export function swish(x: usize, y: usize, from: i32, to: i32): void {
  for (let i = <usize>from << 4; i < <usize>to << 4; i += 16) {
    const z = v128.load(x + i)
    v128.store(y + i, f32x4.mul(z, sigmoid(z)))
  }
}

/** dx = dy · swish'(x). Range: groups of four numbers. */
export function swishGradient(x: usize, dy: usize, dx: usize, from: i32, to: i32): void {
  for (let i = <usize>from << 4; i < <usize>to << 4; i += 16) v128.store(dx + i, swishGradientOf(v128.load(dy + i), v128.load(x + i)))
}

/** y = max(0, x + bias), rows of C, C a multiple of 4. Range: rows. */
export function biasRelu(x: usize, bias: usize, y: usize, C: i32, from: i32, to: i32): void {
  const row: usize = <usize>C << 2
  for (let r = from; r < to; r++) {
    const start = <usize>r * row
    for (let c: usize = 0; c < row; c += 16)
      v128.store(y + start + c, f32x4.max(f32x4.splat(0), f32x4.add(v128.load(x + start + c), v128.load(bias + c))))
  }
}

/** dx = dy where y > 0, else 0, and its sums over the rows per part: sums [parts][C]. Range: parts. */
export function biasReluGradient(y: usize, dy: usize, dx: usize, sums: usize, rows: i32, C: i32, parts: i32, from: i32, to: i32): void {
  const row: usize = <usize>C << 2
  for (let part = from; part < to; part++) {
    const sum = sums + <usize>part * row
    memory.fill(sum, 0, row)
    const end = partStart(rows, part + 1, parts)
    for (let r = partStart(rows, part, parts); r < end; r++) {
      const start = <usize>r * row
      for (let c: usize = 0; c < row; c += 16) {
        const d = v128.and(v128.load(dy + start + c), f32x4.gt(v128.load(y + start + c), f32x4.splat(0)))
        v128.store(dx + start + c, d)
        v128.store(sum + c, f32x4.add(v128.load(sum + c), d))
      }
    }
  }
}

/** out [n] = the sum over parts of sums [parts][n], in order. Range: numbers. */
export function addParts(sums: usize, out: usize, n: i32, parts: i32, from: i32, to: i32): void {
  for (let i = from; i < to; i++) {
    let sum: f32 = 0
    for (let part: i32 = 0; part < parts; part++) sum += load<f32>(sums + (<usize>(part * n + i) << 2))
    store<f32>(out + (<usize>i << 2), sum)
  }
}

/** out [B, C] = the sum over the HW pixels of a · b, or of a alone where b is 0; C a multiple of 4. Range: images. */
export function sumPixels(a: usize, b: usize, out: usize, HW: i32, C: i32, from: i32, to: i32): void {
  const row: usize = <usize>C << 2
  for (let image = from; image < to; image++) {
    const total = out + <usize>image * row
    memory.fill(total, 0, row)
    for (let block: i32 = 0; block < HW; block += 32) {
      const end = min(block + 32, HW)
      for (let c: usize = 0; c < row; c += 16) {
        let sum = v128.load(total + c)
        let at = <usize>(image * HW + block) * row + c
        for (let r = block; r < end; r++) {
          sum = b ? madd(v128.load(a + at), v128.load(b + at), sum) : f32x4.add(sum, v128.load(a + at))
          at += row
        }
        v128.store(total + c, sum)
      }
    }
  }
}

/** y [B, HW, C] = x · scale [B, C] over the pixels, plus shift [B, C] where its address is not 0. Range: rows B · HW. */
export function scaleImages(x: usize, scale: usize, shift: usize, y: usize, HW: i32, C: i32, from: i32, to: i32): void {
  const row: usize = <usize>C << 2
  for (let r = from; r < to; r++) {
    const image = <usize>(r / HW) * row
    const start = <usize>r * row
    if (shift)
      for (let c: usize = 0; c < row; c += 16)
        v128.store(y + start + c, madd(v128.load(x + start + c), v128.load(scale + image + c), v128.load(shift + image + c)))
    else for (let c: usize = 0; c < row; c += 16) v128.store(y + start + c, f32x4.mul(v128.load(x + start + c), v128.load(scale + image + c)))
  }
}

/** One Adam update: new value, first and second moment of n numbers. Range: groups of four numbers. */
export function adam(
  value: usize, gradient: usize, first: usize, second: usize, newValue: usize, newFirst: usize, newSecond: usize,
  learningRate: f32, beta1: f32, beta2: f32, epsilon: f32, scale1: f32, scale2: f32, from: i32, to: i32,
): void {
  const b1 = f32x4.splat(beta1)
  const b2 = f32x4.splat(beta2)
  const rest1 = f32x4.splat(1 - beta1)
  const rest2 = f32x4.splat(1 - beta2)
  for (let i = <usize>from << 4; i < <usize>to << 4; i += 16) {
    const g = v128.load(gradient + i)
    const m = madd(v128.load(first + i), b1, f32x4.mul(g, rest1))
    const v = madd(v128.load(second + i), b2, f32x4.mul(f32x4.mul(g, g), rest2))
    v128.store(newFirst + i, m)
    v128.store(newSecond + i, v)
    const root = f32x4.add(f32x4.sqrt(f32x4.mul(v, f32x4.splat(scale2))), f32x4.splat(epsilon))
    const step = f32x4.div(f32x4.mul(m, f32x4.splat(learningRate * scale1)), root)
    v128.store(newValue + i, f32x4.sub(v128.load(value + i), step))
  }
}
