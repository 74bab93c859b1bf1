import { answerName, type DecisionTree } from '@shared/science/tree/decision-tree'
import { plainName } from './names'
import { rawGz2Answer } from './raw-gz2'

/**
 * What the name of a column of votes says: the answer in plain form (`bar-strong`), the campaign (`dr5`; empty when the name has none)
 * and the version of the answer (`v1` of `merging_tidal-debris-v1`; empty when there is none).
 */
export type VoteName = { readonly kind: 'votes' | 'total'; readonly key: string; readonly campaign: string; readonly version: string }

/** Suffixes that Galaxy Zoo tables put behind a question's name to say in which campaign it was asked. */
const campaignPattern = /^(dr\d+|gz\d|gzh|hubble|candels|ukidss|desi|cosmos|euclid|jwst|cd|legs)-(.+)$/
const totalPattern = /^(total-votes|total-count)$/

/** Columns that go with an answer or a question and are no votes: fractions, weights, debiased values, bounds, predictions. */
const companionPattern =
  /-(fraction|debiased|weight|weighted-fraction|flag|min|max|fraction-min|fraction-max|(fraction-)?90pc-(lower|upper)|proportion-asked|proportion-volunteers-asked|total-weight|concentration|concentration-mean)$/

export function isVoteCompanion(column: string): boolean {
  return companionPattern.test(plainName(column))
}

/** The names that columns of votes are compared with: questions and answers of several trees, in plain form. */
export type Vocabulary = { readonly questions: readonly string[]; readonly answers: ReadonlySet<string> }

export function makeVocabulary(trees: readonly DecisionTree[]): Vocabulary {
  const questions = new Set<string>()
  const answers = new Set<string>()
  for (const question of trees.flatMap((tree) => tree.questions)) {
    questions.add(plainName(question.name))
    for (const answer of question.answers) answers.add(plainName(answerName(question.name, answer)))
  }
  // The longest first: `disk-edge-on` before a question `disk` of a user's tree.
  return { questions: [...questions].sort((a, b) => b.length - a.length), answers }
}

/** Reads a column's name as votes for an answer of the vocabulary, or as a question's total; null when it is neither. */
export function readVoteName(column: string, { questions, answers }: Vocabulary): VoteName | null {
  const raw = rawGz2Answer(column)
  if (raw !== null) return { kind: 'votes', key: plainName(raw), campaign: 'gz2', version: '' }
  const plain = plainName(column).replace(/(?<!-total)-count$/, '')
  if (answers.has(plain)) return { kind: 'votes', key: plain, campaign: '', version: '' }
  for (const question of questions) {
    if (!plain.startsWith(`${question}-`)) continue
    const rest = plain.slice(question.length + 1)
    const match = campaignPattern.exec(rest)
    const campaign = match?.[1] ?? ''
    const answer = match?.[2] ?? rest
    if (totalPattern.test(answer)) return { kind: 'total', key: question, campaign, version: '' }
    if (answers.has(`${question}-${answer}`)) return { kind: 'votes', key: `${question}-${answer}`, campaign, version: '' }
    const version = /^(.+)-(v\d+)$/.exec(answer)
    if (version && answers.has(`${question}-${version[1]}`))
      return { kind: 'votes', key: `${question}-${version[1]}`, campaign, version: version[2]! }
  }
  return null
}
