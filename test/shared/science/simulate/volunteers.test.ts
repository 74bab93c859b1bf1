import { describe, expect, it } from 'vitest'
import { drawParameters } from '@shared/science/simulate/draw'
import { trueProbabilities, visibility } from '@shared/science/simulate/probabilities'
import { drawVolunteerCount, simulateVolunteers } from '@shared/science/simulate/volunteers'
import { createRandom } from '@shared/science/stats/random'
import { findTree } from '@shared/science/tree/built-in'
import { answerNames, questionRanges } from '@shared/science/tree/decision-tree'

const tree = findTree('gz2')
const names = answerNames(tree)
const survey = Array.from({ length: 300 }, (_, index) => drawParameters(11, index))

describe('true probabilities', () => {
  it('answer every question of gz2, in 0..1, adding up to 1', () => {
    for (const parameters of survey) {
      const probabilities = trueProbabilities(parameters)
      expect(Object.keys(probabilities).sort()).toEqual(tree.questions.map(({ name }) => name).sort())
      for (const { name, answers } of tree.questions) {
        const probability_A = probabilities[name]!
        expect(probability_A).toHaveLength(answers.length)
        expect(Math.min(...probability_A)).toBeGreaterThanOrEqual(0)
        expect(probability_A.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 12)
      }
    }
  })

  it('see arms and bars less often when the galaxy is fainter, smaller or steeper', () => {
    const barred = survey.filter(
      ({ body }) => body.arms !== null && body.bar !== null && !body.disk!.isEdgeOn && body.disk!.axisRatio > 0.5,
    )
    expect(barred.length).toBeGreaterThan(5)
    for (const galaxy of barred) {
      const fainter = { ...galaxy, body: { ...galaxy.body, magnitudeR: galaxy.body.magnitudeR + 2 } }
      const blurred = { ...galaxy, seeingArcsec: 2 * galaxy.seeingArcsec }
      const steeper = { ...galaxy, body: { ...galaxy.body, disk: { ...galaxy.body.disk!, axisRatio: 0.25 } } }
      expect(visibility(fainter)).toBeLessThan(visibility(galaxy))
      for (const worse of [fainter, blurred, steeper]) {
        for (const question of ['has-spiral-arms', 'bar']) {
          expect(trueProbabilities(worse)[question]![0]!).toBeLessThan(trueProbabilities(galaxy)[question]![0]!)
        }
      }
    }
  })

  it('know an elliptical, an edge-on disk and a star for what they are', () => {
    const mean = (kind: string, question: string, answer: number) => {
      const of = survey.filter((parameters) => parameters.kind === kind && parameters.companion === null)
      expect(of.length).toBeGreaterThan(2)
      return of.reduce((sum, parameters) => sum + trueProbabilities(parameters)[question]![answer]!, 0) / of.length
    }
    expect(mean('elliptical', 'smooth-or-featured', 0)).toBeGreaterThan(0.8)
    expect(mean('edge-on', 'disk-edge-on', 0)).toBeGreaterThan(0.8)
    expect(mean('spiral', 'disk-edge-on', 0)).toBeLessThan(0.25)
    expect(mean('star', 'smooth-or-featured', 2)).toBeGreaterThan(0.8)
  })

  it('leave many galaxies ambiguous', () => {
    const featured = survey.map((parameters) => trueProbabilities(parameters)['smooth-or-featured']![1]!)
    expect(featured.filter((p) => p > 0.2 && p < 0.8).length / featured.length).toBeGreaterThan(0.2)
  })
})

describe('simulated volunteers', () => {
  it('ask each question of exactly those who gave an answer it hangs from', () => {
    survey.forEach((parameters, index) => {
      const random = createRandom(1, index)
      const volunteers = drawVolunteerCount(random)
      expect(volunteers).toBeGreaterThanOrEqual(38)
      expect(volunteers).toBeLessThanOrEqual(50)
      const votes_A = simulateVolunteers(parameters, tree, random, volunteers)
      for (const { question, start, end } of questionRanges(tree)) {
        const total = votes_A.slice(start, end).reduce((sum, count) => sum + count, 0)
        const asked = question.after.reduce((sum, answer) => sum + votes_A[names.indexOf(answer)]!, 0)
        expect(total).toBe(question.after.length === 0 ? volunteers : asked)
      }
    })
  })

  it('come to the true probabilities when they are many', () => {
    const galaxies = survey.slice(0, 20)
    const volunteers = 400_000
    for (const parameters of galaxies) {
      const votes_A = simulateVolunteers(parameters, tree, createRandom(5, parameters.index), volunteers)
      const probabilities = trueProbabilities(parameters)
      for (const { question, start, end } of questionRanges(tree)) {
        const total = votes_A.slice(start, end).reduce((sum, count) => sum + count, 0)
        if (total < 1000) continue
        question.answers.forEach((_, answer) => {
          const p = probabilities[question.name]![answer]!
          // Five standard errors: fewer than one false alarm in a thousand runs of the 700 comparisons; and the seed is fixed.
          const tolerance = 5 * Math.sqrt((p * (1 - p)) / total) + 1e-9
          expect(Math.abs(votes_A[start + answer]! / total - p)).toBeLessThan(tolerance)
        })
      }
    }
  })

  it('refuse a tree they do not know', () => {
    expect(() => simulateVolunteers(survey[0]!, findTree('gz-decals-dr5'), createRandom(1), 40)).toThrow(
      expect.objectContaining({ code: 'sample/unknown-tree' }),
    )
  })
})
