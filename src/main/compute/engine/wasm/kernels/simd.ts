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
export function setThread(index: i32): void {
  threadIndex = index
}
export function threadScratch(scratch: usize, bytesPerThread: usize): usize {
  return scratch + <usize>threadIndex * bytesPerThread
}

/** a · b + c. RELAXED is 1 where the processor's fused multiply-add may be used. */
// @ts-ignore: decorator
@inline export function madd(a: v128, b: v128, c: v128): v128 {
  if (RELAXED) return v128.relaxed_madd<f32>(a, b, c)
  return f32x4.add(f32x4.mul(a, b), c)
}

/**
 * exp to about 1 in the last place: x = n ln 2 + r, a polynomial for r (Cephes expf), n added to the exponent. Clamped to [-87, 88].
 * pmin, pmax and the rounding by a large number are single instructions where min, max, nearest and trunc_sat are many.
 */
// @ts-ignore: decorator
@inline function exp(x: v128): v128 {
  const clamped = f32x4.pmax(f32x4.pmin(x, f32x4.splat(88.0)), f32x4.splat(-87.0))
  // 1.5 · 2^23: a float32 this large has no room for a fraction, and its low bits hold n.
  const large = f32x4.splat(12582912)
  const rounded = madd(clamped, f32x4.splat(1.44269504), large)
  const n = f32x4.sub(rounded, large)
  let r = madd(n, f32x4.splat(-0.693359375), clamped)
  r = madd(n, f32x4.splat(2.1219444e-4), r)
  let p = f32x4.splat(1.98756915e-4)
  p = madd(p, r, f32x4.splat(1.3981999507e-3))
  p = madd(p, r, f32x4.splat(8.3334519073e-3))
  p = madd(p, r, f32x4.splat(4.1665795894e-2))
  p = madd(p, r, f32x4.splat(1.6666665459e-1))
  p = madd(p, r, f32x4.splat(5.0000001201e-1))
  p = f32x4.add(madd(p, f32x4.mul(r, r), r), f32x4.splat(1.0))
  return i32x4.add(p, i32x4.shl(rounded, 23))
}

// @ts-ignore: decorator
@inline export function sigmoid(z: v128): v128 {
  const one = f32x4.splat(1)
  return f32x4.div(one, f32x4.add(one, exp(f32x4.neg(z))))
}

/** dy · d swish(z) / dz. */
// @ts-ignore: decorator
@inline export function swishGradient(dy: v128, z: v128): v128 {
  const one = f32x4.splat(1)
  const s = sigmoid(z)
  return f32x4.mul(dy, f32x4.mul(s, madd(z, f32x4.sub(one, s), one)))
}

/** First of `count` things that fall to `part` of `parts`. */
// @ts-ignore: decorator
@inline export function partStart(count: i32, part: i32, parts: i32): i32 {
  return <i32>((<i64>count * <i64>part) / <i64>parts)
}
