import type { Hint, HintRequest, Hints } from '@shared/contract/hints'
import type { LabellingSettings } from '@shared/contract/labelling'
import { firstGuess, predictedFractions } from '@shared/science/tree/predicted-fractions'
import type { ReadableDb, WritableDb } from './database'
import { readGalaxy } from './galaxies'
import { keepSight } from './hint-sights'
import type { LabelState } from './label-state'
import { readLabellingSettings } from './labelling-settings'
import { readLabelState } from './labels'
import { latestModel } from './models'
import { areCutOff, readPrediction } from './predictions'
import { projectTree } from './trees'
import { passOfTurn } from './turns'

/**
 * [Note: Hints] Who sees what a model predicts before answering leans towards it, and the model is then trained and tested on its own opinion;
 * the volunteers of Galaxy Zoo, whose votes W+20 learns from, saw none. So the Label view is given predictions here alone, and only as the project's
 * setting has it: `never`; `after` that question has the annotator's committed answer in this turn; or `before`, at once. Whatever is given is
 * written down before it is sent (hint-sights.ts), and an entry made after that says so (`labels.hint_seen`): what the window claims counts for
 * neither.
 *
 * Errors: `galaxy/unknown`, `label/unknown-turn`.
 */
export function showHints(db: WritableDb, { galaxyKey, annotator, turn }: HintRequest): Hints {
  readGalaxy(db, galaxyKey)
  const look = { galaxyKey, annotator, pass: turn === undefined ? 0 : passOfTurn(db, galaxyKey, turn) }
  return db
    .transaction((): Hints => {
      const { hints: setting } = readLabellingSettings(db)
      const card = setting === 'never' ? null : latestModel(db)
      if (card === null) return { setting, model: null, isPredicted: false, questions: [] }
      const model = { id: card.id, round: card.round, network: card.network }
      const fraction_O = areCutOff(db, card.id) ? null : readPrediction(db, card.id, galaxyKey)
      if (fraction_O === null) return { setting, model, isPredicted: false, questions: [] }
      const isOpen = openQuestions(setting, readLabelState(db, galaxyKey, annotator, look.pass))
      const questions = hintsOf(db, card.outputs, fraction_O).filter(({ question }) => isOpen(question))
      for (const { question } of questions) keepSight(db, look, question, card.id)
      return { setting, model, isPredicted: true, questions }
    })
    .immediate()
}

/** Whether all that a galaxy's predictions tell may be told: from the start, or once it is complete. */
export function areHintsOpen(setting: LabellingSettings['hints'], isComplete: boolean): boolean {
  return setting === 'before' || (setting === 'after' && isComplete)
}

/** "Cannot tell" closes a question as an answer does. */
function openQuestions(setting: LabellingSettings['hints'], { answers, cannotTell }: LabelState): (question: string) => boolean {
  const closed = new Set([...answers.map(({ question }) => question), ...cannotTell])
  return (question) => setting === 'before' || closed.has(question)
}

function hintsOf(db: ReadableDb, outputs: readonly string[], fraction_O: Float32Array): Hint[] {
  const { tree } = projectTree(db)
  return predictedFractions(tree, outputs, fraction_O).map(({ question, fractions }) => ({
    question: question.name,
    fractions,
    guess: firstGuess(question, fractions),
  }))
}
