/**
 * Log-gamma and its relatives in float64, for x > 0. Relative errors are below 1e-12 also where a function passes through 0 (log-gamma at 1
 * and 2, digamma at 1.46), because there a series about the zero is used instead of a difference of large terms.
 * The constants were computed with mpmath at 50 digits.
 */

import type { Numbers } from './numbers'

/** 1 - Euler's constant. */
const oneMinusEuler = 0.42278433509846713

/** (-1)^k (zeta(k) - 1) / k for k = 2, 3, …: lgamma(2 + z) = (1 - euler) z + sum_k c_k z^k. */
const aboutTwo = [
  0.3224670334241132, -0.0673523010531981, 0.020580808427784546, -0.007385551028673986, 0.0028905103307415234, -0.001192753911703261,
  0.0005096695247430425, -0.00022315475845357939, 9.945751278180853e-5, -4.492623673813314e-5, 2.050721277567069e-5, -9.439488275268397e-6,
  4.374866789907488e-6, -2.039215753801366e-6, 9.55141213040742e-7, -4.492469198764566e-7, 2.1207184805554665e-7, -1.0043224823968099e-7,
  4.7698101693639804e-8, -2.2711094608943164e-8, 1.0838659214896955e-8, -5.183475041970047e-9, 2.4836745438024785e-9,
  -1.1921401405860912e-9,
]

/** The zero of digamma, in two parts: its distance from x keeps all digits. */
const digammaZero = 1.4616321449683622
const digammaZeroRest = 9.549995429965697e-17

/** Derivatives of digamma at its zero, the k-th over k!, for k = 1, 2, …. */
const aboutDigammaZero = [
  0.9676722454476212, -0.4427631689835921, 0.258499760955651, -0.16394270544240652, 0.10782405069126237, -0.07219956125645471,
  0.04880428816414311, -0.03316112647484736, 0.022597648232218104, -0.01542476590494896, 0.010538791616612175, -0.007204534386356869,
  0.004926781395729853, -0.003369801655439328, 0.002305126326734928, -0.0015769367714301972, 0.0010788252019162967, -0.0007380709389960052,
  0.000504953265834602, -0.0003454680251063077, 0.00023635601564027053, -0.00016170622091974803,
]

/** Bernoulli numbers over 2k (2k - 1): what Stirling's formula leaves over, in odd powers of 1 / x. */
const stirling = [1 / 12, -1 / 360, 1 / 1260, -1 / 1680, 1 / 1188, -691 / 360360, 1 / 156, -3617 / 122400]

/** Bernoulli numbers over 2k: digamma's asymptotic series, in even powers of 1 / x. */
const digammaTail = [1 / 12, -1 / 120, 1 / 252, -1 / 240, 1 / 132, -691 / 32760, 1 / 12, -3617 / 8160]

/** From here on eight terms of the asymptotic series are exact to the last digit. */
const asymptoticFrom = 10

const halfLogTwoPi = 0.5 * Math.log(2 * Math.PI)

/** ln Γ(x), x > 0. NaN elsewhere. */
export function lgamma(x: number): number {
  if (!(x > 0)) return NaN
  if (x >= asymptoticFrom) return (x - 0.5) * Math.log(x) - x + halfLogTwoPi + stirlingRest(x)
  if (x < 0.5) return lgammaAboutTwo(x) - Math.log1p(x) - Math.log(x)
  if (x < 1.5) return lgammaAboutTwo(x - 1) - Math.log1p(x - 1)
  let product = 1
  let y = x
  while (y > 2.5) product *= --y
  return lgammaAboutTwo(y - 2) + Math.log(product)
}

/** ψ(x) = d ln Γ / dx, x > 0. NaN elsewhere. */
export function digamma(x: number): number {
  if (!(x > 0)) return NaN
  const fromZero = x - digammaZero - digammaZeroRest
  if (Math.abs(fromZero) < 0.25) return fromZero * polynomial(aboutDigammaZero, fromZero)
  let below = 0
  let y = x
  for (; y < asymptoticFrom; y++) below += 1 / y
  return Math.log(y) - 0.5 / y - digammaRest(y) - below
}

/** ln Γ(a + k) - ln Γ(a) for a > 0, without the cancellation of the two terms. k is a count; fractions of 0.1 and more work as well. 0 for k = 0. */
export function lgammaDifference(a: number, k: number): number {
  if (Number.isInteger(k) && k <= 16) {
    let product = 1
    for (let j = 0; j < k; j++) product *= a + j
    // Sixteen factors of a huge concentration overflow: those go the long way.
    if (product < Infinity) return Math.log(product)
  }
  let below = 0
  let y = a
  for (; y < asymptoticFrom; y++) below += Math.log1p(k / y)
  return (y - 0.5) * Math.log1p(k / y) + k * Math.log(y + k) - k + stirlingRest(y + k) - stirlingRest(y) - below
}

/** ψ(a + k) - ψ(a) for a > 0 and whole k >= 0: the derivative of `lgammaDifference` by a. */
export function digammaDifference(a: number, k: number): number {
  let sum = 0
  if (k <= 16) {
    for (let j = 0; j < k; j++) sum += 1 / (a + j)
    return sum
  }
  let y = a
  for (; y < asymptoticFrom; y++) sum += 1 / y - 1 / (y + k)
  return sum + Math.log1p(k / y) + (0.5 * k) / (y * (y + k)) - digammaRest(y + k) + digammaRest(y)
}

const logFactorials: number[] = []
let factorial = 1
for (let n = 0; n <= 170; n++) {
  logFactorials.push(Math.log(factorial))
  factorial *= n + 1
}

/** ln n! for whole n >= 0. */
export function logFactorial(n: number): number {
  return logFactorials[n] ?? lgamma(n + 1)
}

/** ln of the number of ways to choose k of n. */
export function logChoose(n: number, k: number): number {
  return logFactorial(n) - logFactorial(k) - logFactorial(n - k)
}

/** ln B(a, b) = ln Γ(a) + ln Γ(b) - ln Γ(a + b), a > 0 and b > 0. */
export function logBeta(a: number, b: number): number {
  const [small, large] = a < b ? [a, b] : [b, a]
  return lgamma(small) - lgammaDifference(large, small)
}

/** ln Σ exp(x_i) without overflow. -Infinity for an empty list. */
export function logSumExp(x: Numbers): number {
  let largest = -Infinity
  for (const value of x) largest = Math.max(largest, value)
  if (!Number.isFinite(largest)) return largest
  let sum = 0
  for (const value of x) sum += Math.exp(value - largest)
  return largest + Math.log(sum)
}

/** ln Γ(2 + z) for |z| <= 0.5. */
function lgammaAboutTwo(z: number): number {
  return z * (oneMinusEuler + z * polynomial(aboutTwo, z))
}

function stirlingRest(x: number): number {
  return polynomial(stirling, 1 / (x * x)) / x
}

function digammaRest(x: number): number {
  const inverseSquare = 1 / (x * x)
  return inverseSquare * polynomial(digammaTail, inverseSquare)
}

/** c_0 + c_1 x + c_2 x² + … */
function polynomial(coefficients: readonly number[], x: number): number {
  let sum = 0
  for (let i = coefficients.length - 1; i >= 0; i--) sum = sum * x + coefficients[i]!
  return sum
}
