import { argmax } from '@shared/science/metrics/accuracy'
import { rootMeanSquare } from '@shared/science/metrics/rmse'
import { negativeLogLikelihood } from '@shared/science/stats/dirichlet-multinomial'
import { mean, sum } from '@shared/science/stats/numbers'
import { proportionAsked } from '@shared/science/tree/joint'
import { ranges, tree, type Simulated } from './survey'

/** A question that fewer test galaxies are asked says little. */
const LEAST_GALAXIES = 20

/**
 * What a model is worth where the truth is known. `rmse`: of predicted fractions against the true probabilities; `wrong`: how often the leading
 * answer is not the true one; both the mean over questions, of galaxies of which more than half of all people would be asked the question.
 * `loss`: nats per galaxy of new votes drawn from the true probabilities, which also asks for the right width.
 * `parity`: how many single votes tell as much of the fractions as one galaxy's volunteers do, N (1 + A) / (N + A) for N votes and the total
 * concentration A, the mean likewise; it comes from the variance of a Dirichlet-multinomial fraction, p (1 - p) (N + A) / (N (1 + A)).
 */
export type Worth = { rmse: number; wrong: number; loss: number; parity: number }

/** `outputs_NA` are concentrations [N, A], `votes_NA` the new votes. */
export function measure(galaxies: readonly Simulated[], votes_NA: readonly number[][], outputs_NA: Float32Array): Worth {
  const width = outputs_NA.length / galaxies.length
  const perQuestion = ranges.map(() => ({ errors: [] as number[], wrong: [] as number[], parity: [] as number[] }))
  let loss = 0
  galaxies.forEach(({ truth_A }, i) => {
    const concentration_A = outputs_NA.subarray(i * width, (i + 1) * width)
    for (const { start, end } of ranges) {
      loss += negativeLogLikelihood(votes_NA[i]!.slice(start, end), concentration_A.subarray(start, end)) / galaxies.length
    }
    proportionAsked(tree, truth_A).forEach((asked, q) => {
      if (asked <= 0.5) return
      const { start, end } = ranges[q]!
      const total = sum(concentration_A.subarray(start, end))
      for (let a = start; a < end; a++) perQuestion[q]!.errors.push(concentration_A[a]! / total - truth_A[a]!)
      const votes = sum(votes_NA[i]!.slice(start, end))
      perQuestion[q]!.parity.push((votes * (1 + total)) / (votes + total))
      perQuestion[q]!.wrong.push(argmax(concentration_A, start, end) === argmax(truth_A, start, end) ? 0 : 1)
    })
  })
  const counting = perQuestion.filter(({ wrong }) => wrong.length >= LEAST_GALAXIES)
  return {
    rmse: mean(counting.map(({ errors }) => rootMeanSquare(errors)!)),
    wrong: mean(counting.map(({ wrong }) => mean(wrong))),
    loss,
    parity: mean(counting.map(({ parity }) => mean(parity))),
  }
}
