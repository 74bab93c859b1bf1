import { mean, type Numbers } from '../stats/numbers'
import { questionRanges, type DecisionTree } from '../tree/decision-tree'
import { hasVotes, voteFractions } from '../tree/votes'
import { argmax } from './accuracy'
import { noiseFloor, rootMeanSquare } from './rmse'
import { countingQuestions, type Thresholds } from './thresholds'

/** RMSE of one answer's vote fraction (0..1), of always predicting the training mean, and the volunteers' own noise. `n` galaxies. */
export type AnswerMetrics = { rmse: number | null; rmseConstant: number | null; noiseFloor: number | null; n: number }

/** How often the predicted answer is the leading one, or one of those that lead with as many votes, over `n` galaxies, and the errors of each answer's vote fraction. */
export type QuestionMetrics = { accuracy: number | null; n: number; answers: Record<string, AnswerMetrics> }

/** `meanRmse`: the mean over questions of the RMSE over all their answers; null where no question has galaxies. */
export type Measured = { meanRmse: number | null; questions: Record<string, QuestionMetrics> }

/** Predicted and observed values of one answer, galaxy by galaxy in the same order, and the votes behind the observed ones. */
export type Pairs = { readonly predicted: number[]; readonly observed: number[]; readonly votes: number[] }

/**
 * A model's errors on test galaxies: `votes_NA` of volunteers, predicted mean `fraction_NA`, and the mean fractions of the training set
 * `trainingMean_A` (NaN where a question had no votes) as the constant predictor. See [Note: Which galaxies count].
 */
export function measureTree(
  tree: DecisionTree,
  votes_NA: readonly Numbers[],
  fraction_NA: readonly Numbers[],
  trainingMean_A: Numbers,
  thresholds: Thresholds,
): Measured {
  const rows = votes_NA.map((votes_A, i) => {
    return {
      votes_A,
      fraction_A: fraction_NA[i]!,
      observed_A: voteFractions(tree, votes_A),
      questions: countingQuestions(tree, votes_A, thresholds),
    }
  })
  const questionRmse: number[] = []
  const questions = questionRanges(tree).map(({ question, start, end }, q): [string, QuestionMetrics] => {
    const counting = rows.filter((row) => row.questions[q]!.counts)
    const votesOf = (votes_A: Numbers, by: Numbers) => votes_A[start + argmax(by, start, end)]!
    const right = counting.filter(({ votes_A, fraction_A }) => votesOf(votes_A, fraction_A) === votesOf(votes_A, votes_A))
    const withFractions = counting.filter((row) => row.questions[q]!.fractionsCount)
    const totals = withFractions.map(({ votes_A }) =>
      Array.from(votes_A)
        .slice(start, end)
        .reduce((sum, count) => sum + count, 0),
    )
    const pairs = question.answers.map((_, i): Pairs => {
      const of = (key: 'fraction_A' | 'observed_A') => withFractions.map((row) => row[key][start + i]!)
      return { predicted: of('fraction_A'), observed: of('observed_A'), votes: totals }
    })
    const rmse = rootMeanSquare(pairs.flatMap(errorsOf))
    if (rmse !== null) questionRmse.push(rmse)
    const answers = question.answers.map((answer, i): [string, AnswerMetrics] => [
      answer,
      answerMetrics(pairs[i]!, trainingMean_A[start + i]!),
    ])
    const accuracy = counting.length === 0 ? null : right.length / counting.length
    return [question.name, { accuracy, n: counting.length, answers: Object.fromEntries(answers) }]
  })
  return { meanRmse: questionRmse.length === 0 ? null : mean(questionRmse), questions: Object.fromEntries(questions) }
}

/**
 * The same for a model of one answer, which predicts its vote fraction `rho_N`. Its accuracy is that of "at least half of the votes".
 * `trainingMean`: that answer's mean fraction in the training set, NaN if unknown.
 */
export function measureAnswer(
  tree: DecisionTree,
  question: string,
  answer: string,
  votes_NA: readonly Numbers[],
  rho_N: Numbers,
  trainingMean: number,
  thresholds: Thresholds,
): Measured {
  const pairs = pairsOf(tree, question, answer, votes_NA, rho_N, thresholds, 'counts')
  const right = pairs.predicted.filter((rho, i) => rho >= 0.5 === pairs.observed[i]! >= 0.5)
  const fractions = pairsOf(tree, question, answer, votes_NA, rho_N, thresholds, 'fractionsCount')
  const answers = { [answer]: answerMetrics(fractions, trainingMean) }
  const accuracy = pairs.predicted.length === 0 ? null : right.length / pairs.predicted.length
  return { meanRmse: answers[answer]!.rmse, questions: { [question]: { accuracy, n: pairs.predicted.length, answers } } }
}

/** The galaxies whose fraction of this answer counts, with what a model predicts of it: `predicted_N` has one value per galaxy. */
export function pairsOf(
  tree: DecisionTree,
  question: string,
  answer: string,
  votes_NA: readonly Numbers[],
  predicted_N: Numbers,
  thresholds: Thresholds,
  filter: 'counts' | 'fractionsCount' = 'fractionsCount',
): Pairs {
  const q = tree.questions.findIndex(({ name }) => name === question)
  const { start, end } = questionRanges(tree)[q]!
  const a = start + tree.questions[q]!.answers.indexOf(answer)
  const pairs: Pairs = { predicted: [], observed: [], votes: [] }
  votes_NA.forEach((votes_A, i) => {
    if (!countingQuestions(tree, votes_A, thresholds)[q]![filter]) return
    let total = 0
    for (let b = start; b < end; b++) total += votes_A[b]!
    pairs.predicted.push(predicted_N[i]!)
    pairs.observed.push(votes_A[a]! / total)
    pairs.votes.push(total)
  })
  return pairs
}

/** The mean vote fraction of each answer [A] over the galaxies with votes on its question; NaN where there are none. */
export function meanVoteFractions(tree: DecisionTree, votes_NA: readonly Numbers[]): Float64Array {
  const ranges = questionRanges(tree)
  const sum_A = new Float64Array(ranges.at(-1)?.end ?? 0)
  const galaxies_A = new Float64Array(sum_A.length)
  for (const votes_A of votes_NA) {
    const fraction_A = voteFractions(tree, votes_A)
    hasVotes(tree, votes_A).forEach((asked, q) => {
      if (!asked) return
      for (let a = ranges[q]!.start; a < ranges[q]!.end; a++) {
        sum_A[a] = sum_A[a]! + fraction_A[a]!
        galaxies_A[a] = galaxies_A[a]! + 1
      }
    })
  }
  return sum_A.map((sum, a) => sum / galaxies_A[a]!)
}

function answerMetrics(pairs: Pairs, trainingMean: number): AnswerMetrics {
  const { observed, votes } = pairs
  return {
    rmse: rootMeanSquare(errorsOf(pairs)),
    rmseConstant: Number.isNaN(trainingMean) ? null : rootMeanSquare(observed.map((fraction) => trainingMean - fraction)),
    noiseFloor: noiseFloor(observed, votes),
    n: observed.length,
  }
}

function errorsOf({ predicted, observed }: Pairs): number[] {
  return predicted.map((value, i) => value - observed[i]!)
}
