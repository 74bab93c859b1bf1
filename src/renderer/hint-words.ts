import type { Hint, Hints } from '@shared/contract/hints'
import type { LabellingSettings } from '@shared/contract/labelling'
import { formatPercent, inWords } from './format'

/** A share in whole percent. */
export const formatWholePercent = (share: number): string => formatPercent(share, 0)

/** `62 % smooth`; an answer that is a number stands apart: `22 % for 2`. */
const shareInWords = (share: number, answer: string) => `${formatWholePercent(share)} ${/^\d/.test(answer) ? 'for ' : ''}${inWords(answer)}`

/** `model: 62 % smooth`: its first guess, or else what it says of the only answers that it knows. */
export function hintInWords({ fractions, guess }: Hint): string {
  const told = guess === null ? Object.keys(fractions) : [guess]
  return `model: ${told.map((answer) => shareInWords(fractions[answer]!, answer)).join(', ')}`
}

/** `model-003 (after round 2, efficientnet-b0)`. */
export const modelInWords = ({ id, round, network }: NonNullable<Hints['model']>): string => `${id} (after round ${round}, ${network})`

/** Why there is nothing to show of a galaxy although the project shows hints; null where there is something. */
export function missingInWords({ model, isPredicted }: Hints): string | null {
  if (model === null) return 'No model has been trained yet, so there is no prediction.'
  return isPredicted ? null : `${modelInWords(model)} has not predicted this galaxy.`
}

/** Why the model's first guess cannot be taken as an answer; empty where it can. */
export function refusedGuess(setting: LabellingSettings['hints'], isOpen: boolean, hints: Hints | null, hint: Hint | null): string {
  if (setting !== 'before')
    return "The model's first guess can be taken only where it is shown before the answer. In this project it is not; see Settings."
  if (!isOpen) return 'This question has your answer already. The first guess does not replace it; the number of another answer does.'
  if (hints === null) return "The model's prediction of this galaxy is not here yet."
  return missingInWords(hints) ?? (hint?.guess ? '' : 'The model says too little of this question for a first guess.')
}
