/**
 * [Note: The scoring kernel] The mutual information of one vote on each question of a tree, and what else ranks galaxies, for four galaxies at
 * a time, one per lane: an accelerated form of `createTreeScorer`, which says what the numbers mean. AssemblyScript: TypeScript's grammar,
 * compiled to WebAssembly by scripts/build-kernels.mjs. Every `usize` is a byte address in the memory of the caller, who allocates everything.
 *
 * With mean fractions m and x = p / m - 1, H[mean p] - mean H[p] = sum over answers of m · mean_t f(x), f(x) = (1 + x) ln(1 + x) - x >= 0: no
 * term is the difference of large ones, so float32 is enough, and samples that are alike give x = 0 and exactly 0. What float32 cannot hold
 * (a total that overflows, a concentration that is negative or no number) gives NaN, never a wrong number.
 */

/** a · b + c. RELAXED is 1 where the processor's fused multiply-add may be used. */
// @ts-ignore: decorator
@inline function madd(a: v128, b: v128, c: v128): v128 {
  if (RELAXED) return v128.relaxed_madd<f32>(a, b, c)
  return f32x4.add(f32x4.mul(a, b), c)
}

/** Four rows' values [4][4] at `from` + lane · rowBytes into four vectors, one value of each row in each. */
// @ts-ignore: decorator
@inline function transpose(from: usize, rowBytes: usize, to: usize): void {
  const a = v128.load(from)
  const b = v128.load(from + rowBytes)
  const c = v128.load(from + 2 * rowBytes)
  const d = v128.load(from + 3 * rowBytes)
  const abLow = v128.shuffle<f32>(a, b, 0, 4, 1, 5)
  const cdLow = v128.shuffle<f32>(c, d, 0, 4, 1, 5)
  const abHigh = v128.shuffle<f32>(a, b, 2, 6, 3, 7)
  const cdHigh = v128.shuffle<f32>(c, d, 2, 6, 3, 7)
  v128.store(to, v128.shuffle<f64>(abLow, cdLow, 0, 2))
  v128.store(to, v128.shuffle<f64>(abLow, cdLow, 1, 3), 16)
  v128.store(to, v128.shuffle<f64>(abHigh, cdHigh, 0, 2), 32)
  v128.store(to, v128.shuffle<f64>(abHigh, cdHigh, 1, 3), 48)
}

/**
 * Fills `p` [K][A] with the vote fractions of four galaxies from their rows. Returns a vector that is NaN where a concentration is negative
 * or a total is no number.
 */
// @ts-ignore: decorator
@inline function fillFractions(rows: usize, K: i32, A: i32, Q: i32, starts: usize, p: usize): v128 {
  const rowBytes = <usize>(K * A) << 2
  const width = <usize>A << 4
  const one = f32x4.splat(1)
  const zero = f32x4.splat(0)
  let signs = zero
  let finite = zero
  for (let t: i32 = 0; t < K; t++) {
    const sample = p + <usize>t * width
    const from = rows + (<usize>(t * A) << 2)
    // Up to three answers too many are read and written: the next sample overwrites them.
    for (let a: i32 = 0; a < A; a += 4) transpose(from + (<usize>a << 2), rowBytes, sample + (<usize>a << 4))
    for (let q: i32 = 0; q < Q; q++) {
      const start = <usize>load<i32>(starts + (<usize>q << 2)) << 4
      const end = <usize>load<i32>(starts + (<usize>q << 2), 4) << 4
      let total = zero
      for (let a = start; a < end; a += 16) {
        const value = v128.load(sample + a)
        signs = v128.or(signs, value)
        total = f32x4.add(total, value)
      }
      // NaN from here on once a total is infinite.
      finite = f32x4.add(finite, f32x4.mul(total, zero))
      const inverse = f32x4.div(one, total)
      for (let a = start; a < end; a += 16) v128.store(sample + a, f32x4.mul(v128.load(sample + a), inverse))
    }
  }
  // All bits set is a NaN.
  return v128.or(finite, i32x4.shr_s(signs, 31))
}

/**
 * Writes the numbers that `divergences` keeps in registers, 12 of 4 bytes. Written out in its loop they would be made anew in every turn, a
 * quarter of the time of the kernel.
 */
export function fillConstants(constants: usize): void {
  store<f32>(constants, 1)
  // The bits of sqrt(1/2), and of the exponent of a float32.
  store<i32>(constants, 0x3f3504f3, 4)
  store<i32>(constants, 0xff800000, 8)
  // ln 2 for an exponent that is still at its place, 2^23 times too large.
  store<f32>(constants, <f32>(0.6931471805599453 / 8388608), 12)
  store<f32>(constants, -0.10224199295, 16)
  store<f32>(constants, 0.16141176224, 20)
  store<f32>(constants, -0.17166906595, 24)
  store<f32>(constants, 0.19910238683, 28)
  store<f32>(constants, -0.24980573356, 32)
  store<f32>(constants, 0.33334690332, 36)
  store<f32>(constants, -0.5, 40)
}

/**
 * From `p` [K][A]: `mean` [A], the mean vote fractions; `information` [A], what each answer adds to its question's mutual information;
 * returned, the sum over answers of the standard deviation over samples.
 *
 * ln(1 + x) = e ln 2 + ln(1 + y) with 1 + y in [sqrt(1/2), sqrt(2)): y is made from x, not from 1 + x, so that small x keep all their digits.
 * ln(1 + y) = y - y²/2 + y³ P(y), P of degree 5 fitted so that the largest error is smallest: 6.4e-8.
 */
// @ts-ignore: decorator
@inline function divergences(K: i32, A: i32, p: usize, constants: usize, mean: usize, information: usize): v128 {
  const width = <usize>A << 4
  const end = p + <usize>K * width
  const perSample = f32x4.splat(1 / <f32>K)
  const one = v128.load32_splat(constants)
  const rootHalf = v128.load32_splat(constants, 4)
  const exponent = v128.load32_splat(constants, 8)
  const ln2 = v128.load32_splat(constants, 12)
  const p5 = v128.load32_splat(constants, 16)
  const p4 = v128.load32_splat(constants, 20)
  const p3 = v128.load32_splat(constants, 24)
  const p2 = v128.load32_splat(constants, 28)
  const p1 = v128.load32_splat(constants, 32)
  const p0 = v128.load32_splat(constants, 36)
  const minusHalf = v128.load32_splat(constants, 40)
  let spread = f32x4.splat(0)
  for (let a: usize = 0; a < width; a += 16) {
    const first = v128.load(p + a)
    // From the first sample: where all are alike their mean is exactly that.
    let offset = f32x4.splat(0)
    for (let at = p + a + width; at < end; at += width) offset = f32x4.add(offset, f32x4.sub(v128.load(at), first))
    const m = madd(offset, perSample, first)
    const inverse = f32x4.div(one, f32x4.pmax(m, f32x4.splat(1e-30)))
    let sum = f32x4.splat(0)
    let squares = f32x4.splat(0)
    for (let at = p + a; at < end; at += width) {
      const x = f32x4.mul(f32x4.sub(v128.load(at), m), inverse)
      const u = f32x4.add(x, one)
      const e = v128.and(i32x4.sub(u, rootHalf), exponent)
      // 2^-e: as an integer, 1.0 less e at the place of the exponent.
      const scale = i32x4.sub(one, e)
      const y = madd(x, scale, f32x4.sub(scale, one))
      let P = madd(y, p5, p4)
      P = madd(P, y, p3)
      P = madd(P, y, p2)
      P = madd(P, y, p1)
      P = madd(P, y, p0)
      P = madd(P, y, minusHalf)
      const log = madd(f32x4.convert_i32x4_s(e), ln2, madd(P, f32x4.mul(y, y), y))
      sum = f32x4.add(sum, madd(u, log, f32x4.neg(x)))
      squares = madd(x, x, squares)
    }
    v128.store(mean + a, m)
    v128.store(information + a, f32x4.mul(f32x4.mul(m, perSample), sum))
    spread = madd(m, f32x4.sqrt(f32x4.mul(squares, perSample)), spread)
  }
  return spread
}

/**
 * Scores `groups` groups of four galaxies. `rows` [groups · 4][K][A] float32 concentrations, followed by 12 readable bytes; `constants` of
 * `fillConstants`. Tables of int32: `starts` [Q + 1], `order` [Q] of questions, parents first, `parentStarts` [Q + 1] into `parents`, the
 * answers a question hangs from. `work`: (K · A + 3 + 3 · A) · 16 bytes. Results per group, a vector of four galaxies each: `totals` (the sum
 * over questions of proportion asked times mutual information), `targets` (the mutual information of question `target`), `spreads` (mean over
 * answers of the standard deviation of vote fractions over samples) and `means` [answers of `target`] (mean vote fractions).
 */
export function scoreTree(
  rows: usize, groups: i32, K: i32, A: i32, Q: i32, constants: usize, starts: usize, order: usize, parentStarts: usize, parents: usize,
  target: i32, work: usize, totals: usize, targets: usize, spreads: usize, means: usize,
): void {
  const p = work
  const mean = p + (<usize>(K * A + 3) << 4)
  const information = mean + (<usize>A << 4)
  const joint = information + (<usize>A << 4)
  const zero = f32x4.splat(0)
  const targetStart = load<i32>(starts + (<usize>target << 2))
  const targetAnswers = load<i32>(starts + (<usize>target << 2), 4) - targetStart

  for (let group: i32 = 0; group < groups; group++) {
    const at = <usize>group << 4
    const invalid = fillFractions(rows + <usize>group * (<usize>(K * A) << 4), K, A, Q, starts, p)
    const spread = divergences(K, A, p, constants, mean, information)
    let total = invalid
    for (let i: i32 = 0; i < Q; i++) {
      const q = load<i32>(order + (<usize>i << 2))
      const firstParent = load<i32>(parentStarts + (<usize>q << 2))
      const lastParent = load<i32>(parentStarts + (<usize>q << 2), 4)
      let asked = firstParent === lastParent ? f32x4.splat(1) : zero
      for (let j = firstParent; j < lastParent; j++) {
        asked = f32x4.add(asked, v128.load(joint + (<usize>load<i32>(parents + (<usize>j << 2)) << 4)))
      }
      let gain = zero
      const start = <usize>load<i32>(starts + (<usize>q << 2)) << 4
      const end = <usize>load<i32>(starts + (<usize>q << 2), 4) << 4
      for (let a = start; a < end; a += 16) {
        v128.store(joint + a, f32x4.mul(asked, v128.load(mean + a)))
        gain = f32x4.add(gain, v128.load(information + a))
      }
      // Only rounding below 0 is cut off; NaN passes.
      gain = f32x4.pmax(gain, zero)
      if (q === target) v128.store(targets + at, f32x4.add(gain, invalid))
      total = madd(asked, gain, total)
    }
    v128.store(totals + at, total)
    v128.store(spreads + at, f32x4.add(invalid, f32x4.mul(spread, f32x4.splat(1 / <f32>A))))
    const meansOfGroup = means + (<usize>(group * targetAnswers) << 4)
    for (let a = 0; a < targetAnswers; a++) {
      v128.store(meansOfGroup + (<usize>a << 4), v128.load(mean + (<usize>(targetStart + a) << 4)))
    }
  }
}
