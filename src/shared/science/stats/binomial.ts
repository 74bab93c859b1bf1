import { logChoose } from './special'

/** ln P(k successes of n | rho), in nats; rho 0 and 1 included (-Infinity for what cannot happen). */
export function binomialLogPmf(k: number, n: number, rho: number): number {
  return logChoose(n, k) - binomialLoss(k, n, rho)
}

/** -[ k ln rho + (n - k) ln(1 - rho) ] with 0 ln 0 = 0: the loss of W+20 without its epsilon, in nats. The binomial coefficient is left out. */
export function binomialLoss(k: number, n: number, rho: number): number {
  const yes = k === 0 ? 0 : k * Math.log(rho)
  const no = k === n ? 0 : (n - k) * Math.log1p(-rho)
  return 0 - (yes + no)
}

/**
 * The loss as published, with 1e-8 inside the logarithms: finite at rho 0 and 1, and slightly below 0 for a certain, right prediction.
 * Source: Walmsley et al. 2020 (arXiv:1905.07424) and its public code.
 */
export function binomialLossW20(k: number, n: number, rho: number): number {
  const epsilon = 1e-8
  return -(k * Math.log(rho + epsilon) + (n - k) * Math.log(1 - rho + epsilon))
}
