import * as tf from '@tensorflow/tfjs-core'
import { existsSync, readFileSync } from 'node:fs'
import { beforeAll, describe, expect, test } from 'vitest'
import { lossPerGalaxy } from '@main/compute/training/loss'
import { useEngine } from '../use-engine'
import { publishedLosses } from './published-losses'

/** Of float32 with lnGamma in difference form; losses here go up to 60. */
const FLOAT32_TOLERANCE = 2e-4

beforeAll(useEngine)

const dirichlet = (concentration: number[], votes: number[], questions = [{ start: 0, end: votes.length }]) =>
  tf.tidy(() => lossPerGalaxy('dirichlet-multinomial', tf.tensor2d([concentration]), tf.tensor2d([votes]), questions).dataSync()[0]!)
const binomial = (rho: number, k: number, N: number) =>
  tf.tidy(() => lossPerGalaxy('binomial', tf.tensor2d([[1 - rho, rho]]), tf.tensor2d([[N - k, k]]), []).dataSync()[0]!)

describe('Dirichlet-multinomial loss', () => {
  test.each(publishedLosses)('votes $votes under $concentration cost $nll nats', ({ votes, concentration, nll }) => {
    expect(Math.abs(dirichlet(concentration, votes) - nll)).toBeLessThan(FLOAT32_TOLERANCE)
  })

  test('questions add up, and one without votes adds nothing, to the loss and to the gradient', () => {
    const questions = [
      { start: 0, end: 3 },
      { start: 3, end: 5 },
    ]
    expect(dirichlet([2, 1, 1, 7, 3], [3, 1, 1, 0, 5], questions)).toBeCloseTo(
      dirichlet([2, 1, 1], [3, 1, 1]) + dirichlet([7, 3], [0, 5]),
      4,
    )
    expect(dirichlet([2, 1, 1, 7, 3], [3, 1, 1, 0, 0], questions)).toBeCloseTo(dirichlet([2, 1, 1], [3, 1, 1]), 5)
    const gradient = tf.grad((a) =>
      tf.sum(lossPerGalaxy('dirichlet-multinomial', a as tf.Tensor2D, tf.tensor2d([[3, 1, 1, 0, 0]]), questions)),
    )(tf.tensor2d([[2, 1, 1, 7, 3]]))
    expect(Array.from(gradient.dataSync().slice(3))).toEqual([0, 0])
    expect(gradient.dataSync()[0]).not.toBe(0)
  })

  test('one expert vote does not depend on the sum of the concentrations', () => {
    for (const concentration of [
      [2, 3, 5],
      [4, 6, 10],
      [20, 30, 50],
    ])
      expect(dirichlet(concentration, [0, 1 * 1, 0])).toBeCloseTo(Math.log(10 / 3), 4)
  })

  test('a weight multiplies the loss of its question alone', () => {
    const questions = [
      { start: 0, end: 3 },
      { start: 3, end: 5 },
    ]
    const weighted = tf.tidy(() => {
      const [outputs, votes] = [tf.tensor2d([[2, 1, 1, 7, 3]]), tf.tensor2d([[3, 1, 1, 0, 1]])]
      return lossPerGalaxy('dirichlet-multinomial', outputs, votes, questions, tf.tensor2d([[1, 5]])).dataSync()[0]!
    })
    expect(weighted).toBeCloseTo(dirichlet([2, 1, 1], [3, 1, 1]) + 5 * dirichlet([7, 3], [0, 1]), 3)
  })

  test('half a vote lies between none and one', () => {
    const half = dirichlet([2, 1.5], [0.5, 0])
    expect(half).toBeGreaterThan(0)
    expect(half).toBeLessThan(dirichlet([2, 1.5], [1, 0]))
  })
})

describe('binomial loss', () => {
  test('rho 0.5 costs ln 2 per vote', () => {
    expect(binomial(0.5, 20, 40)).toBeCloseTo(40 * Math.LN2, 4)
  })

  test('a certain and wrong answer stays finite', () => {
    expect(binomial(0, 1, 1)).toBeCloseTo(-Math.log(1e-8), 3)
  })
})

const golden = '../shared/golden/dirichlet-and-mutual-information.json'
describe.skipIf(!existsSync(golden))(`published values (${golden} is ${existsSync(golden) ? 'there' : 'not there'})`, () => {
  type Golden = {
    binomial_loss: { k: number; N: number; rho: number; loss: number }[]
    dirichlet_multinomial_nll: { k: number[]; alpha: number[]; nll: number }[]
  }
  test('both losses agree with them', () => {
    const { binomial_loss, dirichlet_multinomial_nll } = JSON.parse(readFileSync(golden, 'utf8')) as Golden
    for (const { k, alpha, nll } of dirichlet_multinomial_nll) expect(Math.abs(dirichlet(alpha, k) - nll)).toBeLessThan(FLOAT32_TOLERANCE)
    for (const { k, N, rho, loss } of binomial_loss) expect(Math.abs(binomial(rho, k, N) - loss)).toBeLessThan(1e-5 * Math.max(1, loss))
  })
})
