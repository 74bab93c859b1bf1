/**
 * What all kernels share. They are AssemblyScript: TypeScript's grammar, compiled to WebAssembly by scripts/build-kernels.mjs.
 *
 * [Note: Kernels] The kernels work on the memory of TensorFlow.js's own WebAssembly module: every `usize` is a byte address in it, every
 * number there is a float32, images are [B, H, W, C]. They own no memory: results and scratch are tensors made by the caller. They hold no
 * constants in memory either (no strings, no arrays): a data segment would overwrite TensorFlow.js's. The last two parameters of a threaded
 * kernel are the range of work [from, to); ranges are handed out in any order, so a sum over a batch is made in a fixed number of parts,
 * each with a place of its own, and the result is the same to the last bit on any number of threads.
 */

/** Which thread this instance belongs to: the scratch of a thread lies at its own place. */
let threadIndex: i32 = 0
/** Always 0, which no compiler can know. */
let unknownZero: i32 = 0
export function setThread(index: i32): void {
  threadIndex = index
  unknownZero = index >> 31
  setConstants()
}
export function threadScratch(scratch: usize, bytesPerThread: usize): usize {
  return scratch + <usize>threadIndex * bytesPerThread
}

/**
 * A constant for a loop, made before it.
 *
 * [Note: Held constants] V8 builds a vector constant anew wherever it is used, three instructions each, also inside loops. A value that it
 * cannot foresee stays in its register, or is one load away. swish: 1.1 -> 0.6 ns a number, its gradient 2.1 -> 0.8 (with the shorter
 * polynomial of sigmoid); Winograd's transforms of 64 px and 32 channels: 0.46 -> 0.28 ms an image.
 */
// @ts-ignore: decorator
@inline export function hold(value: f32): v128 {
  return v128.or(f32x4.splat(value), i32x4.splat(unknownZero))
}

/** c - a · b; see madd. */
// @ts-ignore: decorator
@inline export function nmadd(a: v128, b: v128, c: v128): v128 {
  if (RELAXED) return v128.relaxed_nmadd<f32>(a, b, c)
  return f32x4.sub(c, f32x4.mul(a, b))
}

/** a · b + c. RELAXED is 1 where the processor's fused multiply-add may be used. */
// @ts-ignore: decorator
@inline export function madd(a: v128, b: v128, c: v128): v128 {
  if (RELAXED) return v128.relaxed_madd<f32>(a, b, c)
  return f32x4.add(f32x4.mul(a, b), c)
}

/** Constants of `sigmoid`: globals that setThread fills, one load each; see [Note: Held constants]. */
let one: v128 = i32x4.splat(0)
let upperBound: v128 = i32x4.splat(0)
let lowerBound: v128 = i32x4.splat(0)
let minusLog2E: v128 = i32x4.splat(0)
let large: v128 = i32x4.splat(0)
let e1: v128 = i32x4.splat(0)
let e2: v128 = i32x4.splat(0)
let e3: v128 = i32x4.splat(0)
let e4: v128 = i32x4.splat(0)
let e5: v128 = i32x4.splat(0)

function setConstants(): void {
  one = f32x4.splat(1)
  upperBound = f32x4.splat(87)
  lowerBound = f32x4.splat(-87)
  minusLog2E = f32x4.splat(-1.44269504)
  // 1.5 · 2^23: a float32 this large has no room for a fraction, and its low bits hold the whole number.
  large = f32x4.splat(12582912)
  e1 = f32x4.splat(0.693147)
  e2 = f32x4.splat(0.24022242)
  e3 = f32x4.splat(0.055507336)
  e4 = f32x4.splat(0.009671513)
  e5 = f32x4.splat(0.0013264728)
}

/**
 * 1 / (1 + exp(-z)), exp(-z) = 2^n 2^f with n whole and |f| <= 1/2: a polynomial for 2^f, n added to the exponent. z is cut to ±87. About
 * 2e-7 of the result, 5e-6 where it is below 1e-8. pmin, pmax and the rounding by a large number are single instructions where min, max,
 * nearest and trunc_sat are many.
 */
// @ts-ignore: decorator
@inline export function sigmoid(z: v128): v128 {
  const cut = f32x4.pmax(f32x4.pmin(z, upperBound), lowerBound)
  const rounded = madd(cut, minusLog2E, large)
  const f = madd(cut, minusLog2E, f32x4.sub(large, rounded))
  let p = madd(madd(madd(madd(madd(e5, f, e4), f, e3), f, e2), f, e1), f, one)
  p = i32x4.add(p, i32x4.shl(rounded, 23))
  return f32x4.div(one, f32x4.add(one, p))
}

/** dy · d swish(z) / dz. */
// @ts-ignore: decorator
@inline export function swishGradient(dy: v128, z: v128): v128 {
  const s = sigmoid(z)
  return f32x4.mul(dy, f32x4.mul(s, madd(z, f32x4.sub(one, s), one)))
}

/** First of `count` things that fall to `part` of `parts`. */
// @ts-ignore: decorator
@inline export function partStart(count: i32, part: i32, parts: i32): i32 {
  return <i32>((<i64>count * <i64>part) / <i64>parts)
}
