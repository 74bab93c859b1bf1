import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { bootstrapRmseRatio } from '@shared/science/metrics/bootstrap'
import { confusionAccuracy, parseConfusionTable } from '@shared/science/metrics/confusion'
import { coverage } from '@shared/science/metrics/coverage'
import { labelsSaved, labelsToReach } from '@shared/science/metrics/learning-curve'
import { binomialLogPmf } from '@shared/science/stats/binomial'
import { createRandom } from '@shared/science/stats/random'
import { codeOf } from '../helpers'

describe('the paired bootstrap of an RMSE ratio', () => {
  const random = createRandom(1)
  const reference = Array.from({ length: 140 }, () => random.normal(0, 0.25))

  it('gives a ratio without width where one error is always the same multiple of the other', () => {
    const { ratio, low, high } = bootstrapRmseRatio(
      reference.map((error) => 0.8 * error),
      reference,
      createRandom(2),
    )
    for (const value of [ratio, low, high]) expect(value).toBeCloseTo(0.8, 12)
  })

  it('holds the true ratio in about 95 % of repeats', () => {
    const runs = 200
    let held = 0
    for (let run = 0; run < runs; run++) {
      const source = createRandom(run, 'bootstrap')
      const error_N = Array.from({ length: 140 }, () => source.normal(0, 0.2))
      const referenceError_N = Array.from({ length: 140 }, () => source.normal(0, 0.25))
      const { low, high } = bootstrapRmseRatio(error_N, referenceError_N, source, { repeats: 300 })
      if (low < 0.8 && 0.8 < high) held++
    }
    expect(held / runs).toBeGreaterThan(0.9)
    expect(held / runs).toBeLessThan(0.99)
  })

  it('gives the same interval for the same seed and refuses errors that are no pairs', () => {
    const errors = reference.toReversed()
    expect(bootstrapRmseRatio(errors, reference, createRandom(3))).toEqual(bootstrapRmseRatio(errors, reference, createRandom(3)))
    expect(() => bootstrapRmseRatio([1, 2], [1], createRandom(1))).toThrow('2 and 1 errors')
  })
})

describe('coverage', () => {
  const law = (rho: number) => Float64Array.from({ length: 41 }, (_, k) => Math.exp(binomialLogPmf(k, 40, rho)))

  it('agrees with what is observed where the votes come from the predicted law', () => {
    const random = createRandom(4)
    const galaxies = Array.from({ length: 4000 }, () => {
      const rho = random.uniform(0.05, 0.95)
      return { probability: law(rho), votes: random.binomial(40, rho) }
    })
    for (const { predicted, observed } of coverage(galaxies))
      expect(Math.abs(predicted - observed)).toBeLessThan(4 * Math.sqrt(0.25 / 4000))
  })

  it('shows a model that is too sure of itself', () => {
    const random = createRandom(5)
    const galaxies = Array.from({ length: 1000 }, () => ({ probability: law(0.5), votes: random.integer(41) }))
    const at5 = coverage(galaxies)[5]!
    expect(at5.predicted).toBeGreaterThan(at5.observed + 0.3)
  })

  it('is centred on an expected count that is whole, whatever its sum lost in rounding', () => {
    // C(40, k) / 2^40, exact.
    const choose_K = [1]
    for (let k = 1; k <= 40; k++) choose_K.push((choose_K[k - 1]! * (41 - k)) / k)
    let inside = 0
    const points = coverage([{ probability: law(0.5), votes: 20 }], 20)
    for (const { width, predicted, observed } of points) {
      inside += (width === 0 ? choose_K[20]! : 2 * choose_K[20 + width]!) / 2 ** 40
      expect(predicted).toBeCloseTo(inside, 12)
      expect(observed).toBe(1)
    }
    expect(coverage([{ probability: law(0.49), votes: 19 }], 0)[0]!.observed).toBe(1)
  })

  it('starts at the chance of the very count and ends at certainty', () => {
    const points = coverage([{ probability: [0.2, 0.3, 0.5], votes: 1 }], 2)
    expect(points).toEqual([
      { width: 0, predicted: 0.3, observed: 1 },
      { width: 1, predicted: 1, observed: 1 },
      { width: 2, predicted: 1, observed: 1 },
    ])
  })
})

describe('a confusion table', () => {
  const text = ',a_x,a_y,b_1,b_2\na_x,8,2,,\na_y,1,9,,\nb_1,,,5,0\nb_2,,,5,0\n'

  it('gives the share on the diagonal of each question', () => {
    expect(confusionAccuracy(parseConfusionTable(text))).toEqual({ a: { accuracy: 17 / 20, n: 20 }, b: { accuracy: 0.5, n: 10 } })
  })

  it('finds rows by name, in whatever order', () => {
    const shuffled = ',a_x,a_y,b_1,b_2\r\nb_2,,,5,0\r\na_y,1,9,,\r\na_x,8,2,,\r\nb_1,,,5,0'
    expect(parseConfusionTable(shuffled)).toEqual(parseConfusionTable(text))
  })

  it('names what is wrong', () => {
    const bad = (wrong: string) => codeOf(() => confusionAccuracy(parseConfusionTable(wrong)))
    expect(bad('')).toBe('confusion/empty')
    expect(bad(',a_x,a_y\na_x,1,2\n')).toBe('confusion/missing-row')
    expect(bad(',ax,ay\nax,1,2\nay,1,2')).toBe('confusion/bad-column')
    expect(bad(',a_x,a_y\na_x,1,\na_y,1,2')).toBe('confusion/bad-count')
    expect(bad(',a_x,a_y\na_x,1,0.5\na_y,1,2')).toBe('confusion/bad-count')
    expect(bad(',a_x,a_y\na_x,0,0\na_y,0,0')).toBe('confusion/empty')
  })

  const file = '../shared/data/proj502/confusion.csv'
  it.skipIf(!existsSync(file))('gives the published accuracies of 43,273 galaxies', () => {
    const questions = confusionAccuracy(parseConfusionTable(readFileSync(file, 'utf8')))
    expect(Object.values(questions).map(({ accuracy }) => Math.round(100 * accuracy))).toEqual([88, 72, 58, 52, 42, 80, 25, 76, 25, 87])
    expect(Object.values(questions).every(({ n }) => n === 43_273)).toBe(true)
  })
})

describe('a learning curve', () => {
  const baseline = [
    { labels: 100, rmse: 0.3 },
    { labels: 200, rmse: 0.2 },
    { labels: 400, rmse: 0.15 },
  ]

  it('says how many labels an error needs', () => {
    expect(labelsToReach(baseline, 0.2)).toBe(200)
    expect(labelsToReach(baseline, 0.25)).toBeCloseTo(150, 10)
    expect(labelsToReach(baseline, 0.5)).toBe(100)
    expect(labelsToReach(baseline, 0.1)).toBeNull()
  })

  it('does not let a bad round undo a good one', () => {
    const curve = [
      { labels: 100, rmse: 0.2 },
      { labels: 200, rmse: 0.4 },
      { labels: 300, rmse: 0.1 },
    ]
    expect(labelsToReach(curve, 0.2)).toBe(100)
    expect(labelsToReach(curve, 0.15)).toBeCloseTo(250, 10)
  })

  it('says which share of the labels a better curve saves, and a worse one costs', () => {
    const better = baseline.map(({ labels, rmse }) => ({ labels: labels / 2, rmse }))
    expect(labelsSaved(better, baseline)).toBeCloseTo(0.5, 12)
    expect(labelsSaved(baseline, better)).toBeCloseTo(-1, 12)
    expect(labelsSaved(baseline.slice(0, 2), baseline)).toBeNull()
  })
})
