import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'

/** Reference values of mpmath and scipy; test/reference/make_reference.py made them. */
export type Reference = {
  special: { x: number; lgamma: number; digamma: number }[]
  differences: { a: number; k: number; lgamma: number; digamma: number }[]
  dirichletMultinomial: { votes: number[]; concentrations: number[]; logPmf: number; mean: number[]; covariance: number[][] }[]
  beta: {
    cdf: { x: number; a: number; b: number; cdf: number }[]
    quantiles: { a: number[]; b: number[]; probability: number; x: number }[]
  }
  binomialMutualInformation: { rho: number[]; votes: number; mutualInformation: number }[]
  dirichletMutualInformation: { concentrations: number[][]; votes: number; outcomes: number; mutualInformation: number }[]
  xoshiro: { state: [number, number, number, number]; bits: number[] }[]
}
export const reference = JSON.parse(readFileSync(resolve('test/reference/reference.json'), 'utf8')) as Reference

/** Values of the published code, which puts 1e-12 inside its logarithms: compare to 1e-9. Absent in a bare clone. */
export type Golden = {
  mutual_info: { samples: number[]; N: number; mi: number }[]
  binomial_loss: { k: number; N: number; rho: number; loss: number }[]
  dirichlet_multinomial_nll: { k: number[]; alpha: number[]; nll: number }[]
}
const goldenFile = resolve('../shared/golden/dirichlet-and-mutual-information.json')
export const golden = existsSync(goldenFile) ? (JSON.parse(readFileSync(goldenFile, 'utf8')) as Golden) : null
export const goldenTolerance = 1e-9

/** |value - expected| over |expected|; the difference itself where 0 is expected. */
export function relativeError(value: number, expected: number): number {
  return Math.abs(value - expected) / (expected === 0 ? 1 : Math.abs(expected))
}
