import { AppError } from '@shared/science/errors'
import type { MeasureParams } from '@shared/contract/job'
import type { Metrics, ModelCard } from '@shared/contract/records'
import { bootstrapRmseRatio } from '@shared/science/metrics/bootstrap'
import { measureAnswer, measureTree, pairsOf, type Measured, type Pairs } from '@shared/science/metrics/measure'
import { emptyingThreshold, firstVotes, publishedThresholds, thresholdsFor, type Thresholds } from '@shared/science/metrics/thresholds'
import { createRandom } from '@shared/science/stats/random'
import { answerName, answerNames, type DecisionTree } from '@shared/science/tree/decision-tree'
import { countHintedTestGalaxies } from '@main/catalogue/hint-sights'
import { openCatalogue } from '@main/catalogue/open'
import { readModel } from '@main/catalogue/models'
import { readPrediction, refuseCutOff } from '@main/catalogue/predictions'
import { LEAST_TEST_GALAXIES, yardstickOf, type LabelledBy } from '@main/catalogue/test-votes'
import { readTestSet } from '@main/catalogue/training-set'
import { projectTree } from '@main/catalogue/trees'
import type { ComputeTask } from '../protocol'

/** Galaxies drawn by one bootstrap, over all its resamples, so that a large test set does not take minutes. */
const BOOTSTRAP_DRAWS = 2e6

type Row = { votes_A: Float32Array; fraction_A: Float32Array }

/** The errors of a model on the frozen test set, from its predictions in the catalogue. Throws `measure/no-predictions` and `predict/cut-off`. */
export function measure({ projectPath, modelId, params }: Extract<ComputeTask, { kind: 'measure' }>): Metrics {
  const db = openCatalogue(projectPath, { readonly: true })
  try {
    const card = readModel(db, modelId)
    refuseCutOff(db, modelId)
    const { tree } = projectTree(db)
    const test = readTestSet(db)
    const count = (by: LabelledBy) => test.labelledBy.filter((each) => each === by).length
    const labelledBy = yardstickOf(count('volunteers'), count('experts'))
    const rows = rowsOf(test.votes_NA, answerNames(tree).length).flatMap((votes_A, i): Row[] => {
      if (test.labelledBy[i] !== labelledBy) return []
      const fraction_A = readPrediction(db, modelId, test.galaxyKeys[i]!)
      return fraction_A === null ? [] : [{ votes_A, fraction_A }]
    })
    if (rows.length === 0 && test.galaxyKeys.length > 0) {
      throw new AppError('measure/no-predictions', `The model ${modelId} has not predicted the test galaxies. Predict first.`)
    }
    const votes = rows.map(({ votes_A }) => votes_A)
    const thresholds = { ...thresholdsFor(tree, votes), ...givenOf(params) }
    const about = { modelId, testGalaxies: rows.length, thresholds }
    if (rows.length < LEAST_TEST_GALAXIES) {
      const caveat = `Cannot tell yet: ${rows.length} test galaxies are labelled, and ${LEAST_TEST_GALAXIES} are needed. They come up in the Label queue among the others.`
      return { ...about, meanRmse: null, caveat, questions: {} }
    }
    const mean_A = constantOf(card, tree)
    const measured = measuredBy(card, tree, rows, mean_A, thresholds)
    return {
      ...about,
      caveat: caveatOf(tree, votes, labelledBy, thresholds, Object.keys(measured.questions), countHintedTestGalaxies(db)),
      meanRmse: measured.meanRmse,
      questions: withRatios(card, tree, rows, mean_A, thresholds, measured),
    }
  } finally {
    db.close()
  }
}

function givenOf({ minFirstVotes, minProportionAsked, minQuestionVotes }: MeasureParams): Partial<Thresholds> {
  return {
    ...(minFirstVotes === undefined ? {} : { minFirstVotes }),
    ...(minProportionAsked === undefined ? {} : { minProportionAsked }),
    ...(minQuestionVotes === undefined ? {} : { minQuestionVotes }),
  }
}

/** What the constant predictor says [A], in the tree's order: the mean of the model's own training set; NaN where that is not known. */
function constantOf({ outputs, meanFractions }: ModelCard, tree: DecisionTree): Float64Array {
  const known = new Map(outputs.map((output, i) => [output, meanFractions?.[i] ?? NaN]))
  return Float64Array.from(answerNames(tree), (name) => known.get(name) ?? NaN)
}

const thresholdTexts: Record<keyof Thresholds, (thresholds: Thresholds) => string> = {
  minFirstVotes: ({ minFirstVotes }) => `no test galaxy has ${minFirstVotes} votes on the first question (--min-first-votes)`,
  minProportionAsked: ({ minProportionAsked }) =>
    `no question was asked of more than ${Math.round(100 * minProportionAsked)} % of the volunteers of a test galaxy (--min-asked)`,
  minQuestionVotes: ({ minQuestionVotes }) => `no question has ${minQuestionVotes} votes on a test galaxy where it counts (--min-votes)`,
}

function caveatOf(
  tree: DecisionTree,
  votes_NA: readonly Float32Array[],
  labelledBy: 'volunteers' | 'experts',
  thresholds: Thresholds,
  questions: readonly string[],
  hinted: number,
): string | null {
  const empty = emptyingThreshold(tree, votes_NA, thresholds, questions)
  if (empty !== null) return `No vote fraction can be compared: ${thresholdTexts[empty](thresholds)}. Measure again with a lower one.`
  if (labelledBy === 'experts') {
    const flattered =
      hinted === 0 ? '' : ` ${hinted} of them were labelled after a prediction had been shown, so the errors look smaller than they are.`
    return `The test galaxies have one vote each, so the errors of vote fractions are dominated by that: compare models with each other.${flattered}`
  }
  const published = publishedThresholds.minFirstVotes
  if (thresholds.minFirstVotes >= published) return null
  const median = votes_NA.map((votes_A) => firstVotes(tree, votes_A)).sort((a, b) => a - b)[Math.floor(votes_NA.length / 2)]!
  return `The test galaxies count from ${thresholds.minFirstVotes} votes on the first question on (half of them have ${median} or fewer; published errors count from ${published}): the noise of few votes is part of the errors. Compare models with each other.`
}

function measuredBy(card: ModelCard, tree: DecisionTree, rows: readonly Row[], mean_A: Float64Array, thresholds: Thresholds): Measured {
  const votes = rows.map(({ votes_A }) => votes_A)
  if (card.likelihood === 'dirichlet-multinomial')
    return measureTree(
      tree,
      votes,
      rows.map(({ fraction_A }) => fraction_A),
      mean_A,
      thresholds,
    )
  const { question, answer, index } = outputOf(card, tree)
  return measureAnswer(
    tree,
    question,
    answer,
    votes,
    rows.map(({ fraction_A }) => fraction_A[0]!),
    mean_A[index]!,
    thresholds,
  )
}

/** The question and answer of a binomial model, and its place in the tree's order. */
function outputOf({ outputs }: ModelCard, tree: DecisionTree): { question: string; answer: string; index: number } {
  for (const { name, answers } of tree.questions) {
    const answer = answers.find((candidate) => answerName(name, candidate) === outputs[0])
    if (answer !== undefined) return { question: name, answer, index: answerNames(tree).indexOf(outputs[0]!) }
  }
  throw new Error(`the tree has no answer ${outputs[0]}`)
}

/** Adds to each answer how much better than the constant predictor the model is, with an interval. */
function withRatios(
  card: ModelCard,
  tree: DecisionTree,
  rows: readonly Row[],
  mean_A: Float64Array,
  thresholds: Thresholds,
  { questions }: Measured,
): Metrics['questions'] {
  const votes = rows.map(({ votes_A }) => votes_A)
  const names = answerNames(tree)
  return Object.fromEntries(
    Object.entries(questions).map(([question, metrics]) => {
      const answers = Object.entries(metrics.answers).map(([answer, figures]) => {
        const index = names.indexOf(answerName(question, answer))
        const column = card.likelihood === 'binomial' ? 0 : index
        const pairs = pairsOf(
          tree,
          question,
          answer,
          votes,
          rows.map(({ fraction_A }) => fraction_A[column]!),
          thresholds,
        )
        return [answer, { ...figures, ratio: ratioOf(pairs, mean_A[index]!, card.seed) }]
      })
      return [question, { ...metrics, answers: Object.fromEntries(answers) }]
    }),
  )
}

function ratioOf({ predicted, observed }: Pairs, mean: number, seed: number): { ratio: number; low: number; high: number } | null {
  if (observed.length < LEAST_TEST_GALAXIES || Number.isNaN(mean)) return null
  const constant = observed.map((fraction) => mean - fraction)
  if (constant.every((error) => error === 0)) return null
  const repeats = Math.min(2000, Math.max(100, Math.floor(BOOTSTRAP_DRAWS / observed.length)))
  const errors = predicted.map((fraction, i) => fraction - observed[i]!)
  return bootstrapRmseRatio(errors, constant, createRandom(seed, 'bootstrap'), { repeats })
}

function rowsOf(values_NA: Float32Array, width: number): Float32Array[] {
  return Array.from({ length: values_NA.length / width }, (_, i) => values_NA.subarray(i * width, (i + 1) * width))
}
