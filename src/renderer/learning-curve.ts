import type { Metrics, RoundRecord } from '@shared/contract/records'

/** One measured model of the learning curve. Errors are RMSE of vote fractions (0..1) on the test set. */
export type CurvePoint = {
  modelId: string
  round: number
  trainingGalaxies: number
  testGalaxies: number
  meanRmse: number
  constantRmse: number | null
}

const mean = (values: readonly number[]): number | null =>
  values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length

/**
 * The error of always predicting the training mean, averaged as `meanRmse` is: the answers of a question first, then the questions that
 * have galaxies. Null where no question has any.
 */
export function meanConstantRmse(metrics: Metrics): number | null {
  const perQuestion = Object.values(metrics.questions).map(({ answers }) =>
    mean(Object.values(answers).flatMap(({ rmseConstant }) => rmseConstant ?? [])),
  )
  return mean(perQuestion.filter((value) => value !== null))
}

/** Every measured model in the order of rounds and training. */
export function learningCurve(rounds: readonly RoundRecord[]): CurvePoint[] {
  return rounds.flatMap(({ number, models }) =>
    models.flatMap(({ card, metrics }) =>
      metrics === null || metrics.meanRmse === null
        ? []
        : [
            {
              modelId: card.id,
              round: number,
              trainingGalaxies: card.trainingGalaxies,
              testGalaxies: metrics.testGalaxies,
              meanRmse: metrics.meanRmse,
              constantRmse: meanConstantRmse(metrics),
            },
          ],
    ),
  )
}
