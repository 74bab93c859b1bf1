import { describe, expect, it } from 'vitest'
import { rowsOf, type Candidates } from '@shared/science/acquisition/candidates'
import { chooseGalaxies, strategies, type StrategyName } from '@shared/science/acquisition/choose'
import { createPathScorer } from '@shared/science/acquisition/path-mutual-information'
import { largest } from '@shared/science/acquisition/rank'
import { meanSampleSpread } from '@shared/science/acquisition/sample-spread'
import { createPowerBald } from '@shared/science/acquisition/strategies/power-bald'
import { scoreTree } from '@shared/science/acquisition/tree'
import { createRandom } from '@shared/science/stats/random'
import { findTree } from '@shared/science/tree/built-in'
import { answerNames } from '@shared/science/tree/decision-tree'
import { codeOf } from '../helpers'

const tree = findTree('gz2')
const width = answerNames(tree).length
const sampleCount = 4
const galaxyCount = 300

/** Galaxy by galaxy a mean and a spread of its own, so that rankings differ between strategies. */
function treeCandidates(votes = 1): Candidates & { kind: 'dirichlet-multinomial' } {
  const random = createRandom(11)
  const values = new Float32Array(galaxyCount * sampleCount * width)
  for (let galaxy = 0; galaxy < galaxyCount; galaxy++) {
    const mean_A = Array.from({ length: width }, () => 1 + 60 * random.next() ** 2)
    const spread = random.next()
    for (let i = 0; i < sampleCount * width; i++)
      values[galaxy * sampleCount * width + i] = 1 + mean_A[i % width]! * Math.exp(spread * random.normal())
  }
  return { kind: 'dirichlet-multinomial', tree, galaxyCount, sampleCount, votes, samples: rowsOf(values, sampleCount * width) }
}

const rho_NK = Float64Array.of(0.5, 0.5, 0.1, 0.9, 0.4, 0.6, 0.02, 0.03, 0.1, 0.9)
const binomial: Candidates = { kind: 'binomial', question: 'bar', galaxyCount: 5, sampleCount: 2, votes: 40, samples: rowsOf(rho_NK, 2) }
const names = Object.keys(strategies) as StrategyName[]

describe('every strategy', () => {
  it('chooses different galaxies, best first, and the same ones for the same seed', () => {
    const candidates = treeCandidates()
    for (const name of names) {
      const picked = strategies[name](candidates, 50, createRandom(1))
      expect(new Set(picked.map(({ index }) => index)).size, name).toBe(50)
      expect(strategies[name](candidates, 50, createRandom(1)), name).toEqual(picked)
      if (name === 'power-bald') continue
      const scores = picked.map(({ score }) => score ?? 0)
      expect(scores, name).toEqual(scores.toSorted((a, b) => b - a))
    }
  })

  it('gives all galaxies when more are asked for', () => {
    for (const name of names) expect(strategies[name](treeCandidates(), 1000, createRandom(1)), name).toHaveLength(galaxyCount)
  })
})

describe('mutual-information', () => {
  it('puts the galaxy on which the samples differ first, and of equal ones the earlier', () => {
    const picked = strategies['mutual-information'](binomial, 3, createRandom(1))
    expect(picked.map(({ index }) => index)).toEqual([1, 4, 2])
    expect(picked[0]!.parts).toEqual({ bar: { mutualInformation: picked[0]!.score, proportionAsked: 1 } })
  })

  it('ranks a tree by its first question alone', () => {
    const candidates = treeCandidates(40)
    const [first] = strategies['mutual-information'](candidates, 1, createRandom(1))
    expect(Object.keys(first!.parts)).toEqual(['smooth-or-featured'])
    expect(first!.score).toBeCloseTo(
      scoreTree(tree, candidates.samples(first!.index), sampleCount, 40, createRandom(1)).questions['smooth-or-featured']!
        .mutualInformation,
      12,
    )
  })
})

describe('mutual-information-tree', () => {
  it('ranks by the exact mutual information of the path and shows the parts of the sum', () => {
    const candidates = treeCandidates()
    const exact = createPathScorer(tree, sampleCount)
    const expected = largest(
      Float64Array.from({ length: galaxyCount }, (_, galaxy) => exact(candidates.samples(galaxy))),
      20,
    )
    const picked = strategies['mutual-information-tree'](candidates, 20, createRandom(1))
    expect(picked.map(({ index }) => index)).toEqual(expected)
    expect(picked[0]!.score).toBe(exact(candidates.samples(expected[0]!)))
    expect(picked[0]!.parts).toEqual(scoreTree(tree, candidates.samples(expected[0]!), sampleCount).questions)
  })

  it('ranks by the sum for several votes', () => {
    const candidates = treeCandidates(2)
    const [first] = strategies['mutual-information-tree'](candidates, 1, createRandom(1))
    expect(first!.score).toBeCloseTo(scoreTree(tree, candidates.samples(first!.index), sampleCount, 2).total, 12)
  })

  it('refuses a model of one answer and says which strategy fits', () => {
    expect(codeOf(() => strategies['mutual-information-tree'](binomial, 1, createRandom(1)))).toBe('acquisition/needs-tree')
  })
})

describe('power-bald', () => {
  it('draws the first galaxy in proportion to its mutual information to the power beta', () => {
    const total = { ...binomial, votes: 1 }
    const scores = strategies['mutual-information'](total, 5, createRandom(1)).reduce(
      (byIndex, { index, score }) => byIndex.set(index, score!),
      new Map<number, number>(),
    )
    for (const beta of [1, 2]) {
      const weights = [...scores].map(([index, score]) => [index, score ** beta] as const)
      const sum = weights.reduce((all, [, weight]) => all + weight, 0)
      const draws = 4000
      const seen = new Array<number>(5).fill(0)
      const random = createRandom(2)
      const strategy = createPowerBald(beta)
      for (let i = 0; i < draws; i++) seen[strategy(total, 1, random)[0]!.index]!++
      // Four standard errors of each share, and one draw for shares near 0.
      for (const [index, weight] of weights)
        expect(Math.abs(seen[index]! - (draws * weight) / sum)).toBeLessThan(4 * Math.sqrt((draws * weight) / sum) + 1)
    }
  })
})

describe('entropy and margin', () => {
  it('choose the galaxy that is closest to undecided, even where the samples agree', () => {
    expect(strategies.entropy(binomial, 1, createRandom(1))[0]).toMatchObject({ index: 0, score: Math.LN2 })
    expect(strategies.margin(binomial, 1, createRandom(1))[0]).toMatchObject({ index: 0, score: 1 })
    expect(strategies.margin(binomial, 5, createRandom(1)).at(-1)).toMatchObject({ index: 3 })
  })
})

describe('the spread of samples', () => {
  it('is the standard deviation of vote fractions, averaged', () => {
    // Galaxies: 0, 0.4, 0.1, 0.005 and 0.4.
    expect(meanSampleSpread(binomial)).toBeCloseTo((0 + 0.4 + 0.1 + 0.005 + 0.4) / 5, 12)
  })

  it('must be above zero for mutual information, and need not be for entropy', () => {
    const same = Float32Array.from({ length: 30 * width }, (_, i) => 1 + ((i % width) + 1) / 3)
    const agreeing: Candidates = {
      kind: 'dirichlet-multinomial',
      tree,
      galaxyCount: 10,
      sampleCount: 3,
      votes: 1,
      samples: rowsOf(same, 3 * width),
    }
    expect(meanSampleSpread(agreeing)).toBe(0)
    for (const name of ['mutual-information', 'mutual-information-tree', 'power-bald'] as const) {
      expect(
        codeOf(() => strategies[name](agreeing, 2, createRandom(1))),
        name,
      ).toBe('acquisition/no-spread')
    }
    expect(strategies.entropy(agreeing, 2, createRandom(1))).toHaveLength(2)
  })

  it('does not hide a prediction that is no number', () => {
    const broken = Float64Array.of(0.1, 0.2, NaN, 0.3)
    const candidates: Candidates = {
      kind: 'binomial',
      question: 'bar',
      galaxyCount: 2,
      sampleCount: 2,
      votes: 1,
      samples: rowsOf(broken, 2),
    }
    for (const name of names) {
      if (name === 'random' || name === 'mutual-information-tree') continue
      expect(
        codeOf(() => strategies[name](candidates, 1, createRandom(1))),
        name,
      ).toBe('acquisition/not-finite')
    }
  })
})

describe('chooseGalaxies', () => {
  it('mixes the random share in, with the inclusion probability it was drawn with', () => {
    const { picked, meanSampleSpread: spread } = chooseGalaxies(treeCandidates(), 'mutual-information-tree', 50, 0.2, createRandom(1))
    const random = picked.filter(({ isRandom }) => isRandom)
    expect(picked).toHaveLength(50)
    expect(new Set(picked.map(({ index }) => index)).size).toBe(50)
    expect(random).toHaveLength(10)
    for (const galaxy of random) expect(galaxy).toMatchObject({ score: null, inclusionProbability: 10 / galaxyCount })
    for (const galaxy of picked) if (!galaxy.isRandom) expect(galaxy.inclusionProbability).toBeNull()
    expect(spread).toBeGreaterThan(0)
    // Not all at one end, where a labeller would know them.
    expect(picked.slice(0, 10).every(({ isRandom }) => isRandom)).toBe(false)
    expect(picked.slice(-10).every(({ isRandom }) => isRandom)).toBe(false)
  })

  it('draws every galaxy equally often, also those the strategy would have chosen', () => {
    const rounds = 2000
    const seen = new Array<number>(5).fill(0)
    const random = createRandom(3)
    for (let i = 0; i < rounds; i++) {
      for (const { index, isRandom } of chooseGalaxies(binomial, 'mutual-information', 3, 1 / 3, random).picked)
        if (isRandom) seen[index]!++
    }
    for (const count of seen) expect(Math.abs(count - rounds / 5)).toBeLessThan(4 * Math.sqrt(rounds * 0.16))
  })

  it('takes all that are left when fewer than asked for, and says when there are none', () => {
    for (const name of ['mutual-information', 'random'] as const) {
      const { picked } = chooseGalaxies(binomial, name, 10, 0.2, createRandom(1))
      expect(picked.map(({ index }) => index).sort()).toEqual([0, 1, 2, 3, 4])
    }
    expect(codeOf(() => chooseGalaxies({ ...binomial, galaxyCount: 0 }, 'random', 10, 0.2, createRandom(1)))).toBe(
      'acquisition/no-candidates',
    )
  })

  it('marks every galaxy of the random strategy as random', () => {
    const { picked } = chooseGalaxies(treeCandidates(), 'random', 30, 0, createRandom(1))
    expect(picked.every(({ isRandom, inclusionProbability }) => isRandom && inclusionProbability === 0.1)).toBe(true)
  })
})
