import { logBeta } from './special'

/**
 * The regularised incomplete beta function I_x(a, b): the probability that a Beta(a, b) variable is at most x. a > 0, b > 0.
 * Source: continued fraction DLMF 8.17.22, evaluated with Lentz's method.
 */
export function betaCdf(x: number, a: number, b: number): number {
  if (x <= 0) return 0
  if (x >= 1) return 1
  // The fraction converges fast only below the mean.
  return x < (a + 1) / (a + b + 2) ? lowerTail(x, 1 - x, a, b) : 1 - lowerTail(1 - x, x, b, a)
}

/** The log of the Beta(a, b) density at x in (0, 1). */
export function logBetaDensity(x: number, a: number, b: number): number {
  return (a - 1) * Math.log(x) + (b - 1) * Math.log1p(-x) - logBeta(a, b)
}

/**
 * The x below which a share `probability` of an even mixture of Beta(a_k, b_k) lies. Newton's steps, kept inside a shrinking bracket.
 * Exact to 1e-12.
 */
export function betaMixtureQuantile(probability: number, a_K: ArrayLike<number>, b_K: ArrayLike<number>): number {
  const count = a_K.length
  let low = 0
  let high = 1
  let x = 0
  for (let k = 0; k < count; k++) x += a_K[k]! / (a_K[k]! + b_K[k]!) / count
  for (let step = 0; step < 200; step++) {
    let cdf = 0
    let density = 0
    for (let k = 0; k < count; k++) {
      cdf += betaCdf(x, a_K[k]!, b_K[k]!) / count
      density += Math.exp(logBetaDensity(x, a_K[k]!, b_K[k]!)) / count
    }
    if (cdf < probability) low = x
    else high = x
    const newton = x - (cdf - probability) / density
    const next = newton > low && newton < high ? newton : (low + high) / 2
    if (Math.abs(next - x) < 1e-14 || high - low < 1e-15) return next
    x = next
  }
  return x
}

function lowerTail(x: number, y: number, a: number, b: number): number {
  const front = Math.exp(a * Math.log(x) + b * Math.log(y) - logBeta(a, b)) / a
  const tiny = 1e-300
  const away = (value: number) => (Math.abs(value) < tiny ? tiny : value)
  let c = 1
  let d = 1 / away(1 - ((a + b) * x) / (a + 1))
  let fraction = d
  for (let m = 1; m < 10_000; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m))
    d = 1 / away(1 + even * d)
    c = away(1 + even / c)
    fraction *= d * c
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1))
    d = 1 / away(1 + odd * d)
    c = away(1 + odd / c)
    const change = d * c
    fraction *= change
    if (Math.abs(change - 1) < 1e-16) break
  }
  return front * fraction
}
