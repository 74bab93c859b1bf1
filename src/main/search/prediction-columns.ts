import type { ReadableDb } from '@main/catalogue/database'
import type { Kept } from './kept'
import { readFractions } from './predictions-read'
import type { Shelf } from './shelf'
import { shelfStamp, stampOf } from './stamps'
import type { PredictingModel, Standing } from './standing'

/** Predicted fractions by answer. Those of the latest model lie on the shelf, all outputs of one after another. */
export type PredictionColumns = {
  ofAnswer: (model: PredictingModel, answer: string, standing: Standing) => Promise<Float32Array>
  /** Puts the predictions of the latest model on the shelf where they are not. */
  prepare: (standing: Standing) => Promise<void>
}

const SHELF = 'predictions'

export function createPredictionColumns(db: ReadableDb, kept: Kept, shelf: Shelf): PredictionColumns {
  const stampFor = ({ id }: PredictingModel, standing: Standing) => stampOf({ kind: 'prediction', model: id, answer: '' }, standing)
  const shelfStampFor = (model: PredictingModel, standing: Standing) => `${model.id} ${shelfStamp(stampFor(model, standing), standing)}`
  const sizeOf = (fractions_AN: readonly Float32Array[]) => fractions_AN.reduce((sum, { byteLength }) => sum + byteLength, 0)

  const all = (model: PredictingModel, standing: Standing) =>
    kept.get<readonly Float32Array[]>(`predictions of ${model.id}`, stampFor(model, standing), sizeOf, async () => {
      const fractions_AN = await readFractions(db, model, standing.rows)
      if (model === standing.models.at(-1) && shelf.isUseful(standing.rows.count)) {
        const arrays = Object.fromEntries(model.outputs.map((name, output) => [name, fractions_AN[output]!]))
        void shelf.write(SHELF, shelfStampFor(model, standing), null, arrays)
      }
      return fractions_AN
    })

  return {
    async ofAnswer(model, answer, standing) {
      const shelved = shelf.read(SHELF, shelfStampFor(model, standing), [answer])?.arrays.get(answer)
      if (shelved !== undefined) return shelved as Float32Array
      return (await all(model, standing))[model.outputs.indexOf(answer)]!
    },
    async prepare(standing) {
      const model = standing.models.at(-1)
      if (model !== undefined && shelf.read(SHELF, shelfStampFor(model, standing), []) === null) await all(model, standing)
    },
  }
}
