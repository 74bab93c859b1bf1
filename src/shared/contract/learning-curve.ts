import { csvLines } from './csv'
import type { Metrics, RoundRecord } from './records'

/** One measured model of the learning curve. Errors are RMSE of vote fractions (0..1) on the test set. */
export type CurvePoint = {
  modelId: string
  round: number
  trainingGalaxies: number
  testGalaxies: number
  meanRmse: number
  constantRmse: number | null
  /** The time that experts took over what was labelled when its training began. */
  expertMinutes: number
}

const mean = (values: readonly number[]): number | null =>
  values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length

/**
 * The error of always predicting the training mean, put together as `meanRmse` is: the root mean square over the answers of a question,
 * which all have the same galaxies, then the mean over the questions that were measured. Null where none was, or where the training set
 * has no votes on one of them: the two would not stand for the same questions.
 */
export function meanConstantRmse(metrics: Metrics): number | null {
  const measured = Object.values(metrics.questions)
    .map(({ answers }) => Object.values(answers).filter(({ rmse }) => rmse !== null))
    .filter((answers) => answers.length > 0)
  const constants = measured.map((answers) => answers.flatMap(({ rmseConstant }) => (rmseConstant === null ? [] : rmseConstant ** 2)))
  if (constants.some((squares, i) => squares.length < measured[i]!.length)) return null
  return mean(constants.map((squares) => Math.sqrt(mean(squares)!)))
}

/** Every measured model in the order of rounds and training. */
export function learningCurve(rounds: readonly RoundRecord[]): CurvePoint[] {
  return rounds.flatMap(({ number, models }) =>
    models.flatMap(({ card, metrics, expertMinutes }) =>
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
              expertMinutes,
            },
          ],
    ),
  )
}

/** The points as a table for other programs, one line each under a line of names. Empty where the constant predictor is not known. */
export function learningCurveCsv(points: readonly CurvePoint[]): string {
  return csvLines([
    ['round', 'model', 'training_galaxies', 'expert_minutes', 'test_galaxies', 'rmse', 'rmse_constant'],
    ...points.map((point) => [
      point.round,
      point.modelId,
      point.trainingGalaxies,
      point.expertMinutes,
      point.testGalaxies,
      point.meanRmse,
      point.constantRmse,
    ]),
  ])
}
