import type { NetworkName, StrategyName } from '@shared/contract/job'
import type { ProjectSummary } from '@shared/contract/records'
import type { JobRequest } from './api'

/** The form of a round. `automatic` leaves the choice of network and recipe to the program, by engine and number of labels; null epochs too. */
export type RoundDraft = {
  start: 'previous' | 'scratch'
  network: NetworkName | 'automatic'
  epochs: number | null
  question: string
  answer: string
  strategy: StrategyName
  count: number
  votes: number
  randomPercent: number
  seed: number
  previousModel: string | null
}

/**
 * Goes on from the newest model where there is one: minutes instead of a whole training. Galaxies are chosen by what one more answer of one
 * expert would teach about the whole tree, with a fifth drawn at random as the honest yardstick.
 */
export function defaultRoundDraft(project: ProjectSummary): RoundDraft {
  const root = project.tree.questions.find(({ after }) => after.length === 0)
  return {
    start: project.latestModel === null ? 'scratch' : 'previous',
    network: 'automatic',
    epochs: null,
    question: root?.name ?? '',
    answer: root?.answers[0] ?? '',
    strategy: 'mutual-information-tree',
    count: 32,
    votes: 1,
    randomPercent: 20,
    seed: 1,
    previousModel: project.latestModel,
  }
}

/** The job of one turn: train on all labels, predict, choose. One seed for all three. */
export function toRoundRequest(draft: RoundDraft): JobRequest {
  const { seed, strategy, count, votes } = draft
  const isNew = draft.start === 'scratch' || draft.previousModel === null
  const train = {
    from: isNew ? 'scratch' : draft.previousModel!,
    ...(isNew && draft.network !== 'automatic' ? { network: draft.network } : {}),
    ...(isNew && draft.network === 'w20-cnn' ? { question: draft.question, answer: draft.answer } : {}),
    ...(draft.epochs === null ? {} : { epochs: draft.epochs }),
    seed,
  }
  return {
    kind: 'round',
    params: { train, predict: { seed }, acquire: { strategy, count, votes, randomShare: draft.randomPercent / 100, seed } },
  }
}
