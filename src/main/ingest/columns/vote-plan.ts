import { AppError } from '@shared/science/errors'
import { answerName, answerNames, questionRanges, type DecisionTree } from '@shared/science/tree/decision-tree'
import { plainName } from './names'
import { makeVocabulary, readVoteName, type VoteName } from './vote-name'
import { missingAnswers, refuseMisspelt } from './vote-faults'

/** A question of a vote set and the columns its votes are read from, one per answer in the tree's order. `start`: its first answer. */
export type VoteQuestion = { readonly name: string; readonly start: number; readonly columns: readonly number[] }

/** The votes of one campaign for questions of one tree. The project's own tree comes first; a set of another tree is kept and not used. */
export type VoteSetPlan = {
  readonly campaign: string
  readonly tree: DecisionTree
  readonly isOwnTree: boolean
  readonly questions: readonly VoteQuestion[]
}

/** A column that must equal the sum of `parts`. */
export type TotalCheck = { readonly question: string; readonly column: number; readonly parts: readonly number[] }

/**
 * A question that a column set asks in two versions which share some columns, such as `merging_merger` of DECaLS. Which version a galaxy
 * was asked shows only in the columns that one version has for itself.
 */
export type Contested = {
  readonly question: string
  readonly sets: readonly [number, number]
  readonly alone: readonly [readonly number[], readonly number[]]
}

export type VotePlan = {
  readonly sets: readonly VoteSetPlan[]
  readonly totals: readonly TotalCheck[]
  readonly contested: readonly Contested[]
  /** A column of 1 and 0 that answers the only question of the tree with yes or no: one vote. */
  readonly indicator: { readonly column: number; readonly yes: number; readonly no: number } | null
  /** All columns that the above read. */
  readonly used: ReadonlySet<number>
  readonly notes: readonly string[]
}

/** The campaign of columns whose names give none. */
export const UNNAMED_CAMPAIGN = 'volunteers'

/**
 * Finds the columns of votes of a table for a project's tree. `knownTrees` are those whose columns are recognised although they are not
 * the project's. `taken` columns have another meaning.
 * Throws `import/unknown-vote-column` where a column is most likely a misspelt one, `import/missing-vote-column` where a question has only some of
 * its answers, and `import/duplicate-column` where two columns mean the same answer.
 */
export function planVotes(
  columns: readonly string[],
  taken: ReadonlySet<number>,
  tree: DecisionTree,
  knownTrees: readonly DecisionTree[],
): VotePlan {
  const others = knownTrees.filter((known) => known.id !== tree.id)
  const vocabulary = makeVocabulary([tree, ...others])
  const names = columns.map((column, index) => (taken.has(index) ? null : readVoteName(column, vocabulary)))
  const campaigns = [...new Set(names.flatMap((name) => (name ? [name.campaign] : [])))]
  refuseMisspelt(columns, names, taken, tree, campaigns)

  const sets: VoteSetPlan[] = []
  const contested: Contested[] = []
  const notes: string[] = []
  for (const campaign of campaigns) {
    const found = indexNames(columns, names, campaign)
    const own: VoteQuestion[] = []
    const foreign: { tree: DecisionTree; question: VoteQuestion; version: string }[] = []
    for (const { other, matches } of likeliestFirst(others, found, campaign)) {
      for (const match of matches) {
        const isKnown = foreign.some(({ question }) => question.columns.join() === match.question.columns.join())
        if (!isKnown) foreign.push({ tree: other, ...match })
      }
    }
    const matches = matchQuestions(tree, found)
    for (const { question } of questionRanges(tree)) {
      const columnsOfAnswers = question.answers.map((answer) => found.plain.get(plainName(answerName(question.name, answer))))
      // Without a version first, as `matchQuestions` gives them.
      const match = matches.find((each) => each.question.name === question.name)
      if (match) own.push(match.question)
      else if (columnsOfAnswers.some((column) => column !== undefined) && !foreign.some((match) => match.question.name === question.name))
        throw missingAnswers(question, campaign, columnsOfAnswers)
    }
    const ownColumns = new Set(own.flatMap((question) => question.columns))
    const apart = foreign.filter(({ question }) => question.columns.some((column) => !ownColumns.has(column)))
    const first = sets.length
    if (own.length > 0) sets.push({ campaign: campaign || UNNAMED_CAMPAIGN, tree, isOwnTree: true, questions: own })
    for (const [other, version] of distinct(apart.map((match) => [match.tree, match.version] as const))) {
      const questions = apart.filter((match) => match.tree === other && match.version === version).map((match) => match.question)
      const name = [campaign, version].filter(Boolean).join('-') || UNNAMED_CAMPAIGN
      sets.push({ campaign: name, tree: other, isOwnTree: false, questions })
      const listed = questions.flatMap((question) =>
        question.columns.filter((column) => !ownColumns.has(column)).map((column) => columns[column]!),
      )
      notes.push(
        `Answers of another tree (${other.id}) are kept apart as the vote set "${name}" and are not used by this project: ${listed.join(', ')}.`,
      )
    }
    contested.push(...findContested(sets, first))
  }
  const indicator = findIndicator(columns, taken, tree, sets)
  const totals = findTotals(names, sets)
  const used = new Set([
    ...sets.flatMap((set) => set.questions.flatMap((question) => question.columns)),
    ...totals.map((total) => total.column),
  ])
  if (indicator) used.add(indicator.column)
  return { sets, totals, contested, indicator, used, notes: [...describe(sets, indicator, tree, columns), ...notes] }
}

/** The tree named like the campaign first (`dr12`, `gz-decals-dr12`), then the one that has most of the questions: trees share some. */
function likeliestFirst(
  trees: readonly DecisionTree[],
  found: Found,
  campaign: string,
): { other: DecisionTree; matches: ReturnType<typeof matchQuestions> }[] {
  const isNamesake = (tree: DecisionTree) => Number(campaign !== '' && plainName(tree.id).split('-').includes(campaign))
  return trees
    .map((other) => ({ other, matches: matchQuestions(other, found) }))
    .sort((a, b) => isNamesake(b.other) - isNamesake(a.other) || b.matches.length - a.matches.length)
}

/** Among the sets of one campaign, which begin at `first`. Of two trees that are not the project's, a question with part of another's answers is let be. */
function findContested(sets: readonly VoteSetPlan[], first: number): Contested[] {
  const onlyIn = (a: VoteQuestion, b: VoteQuestion) => a.columns.filter((column) => !b.columns.includes(column))
  return sets.flatMap((one, i) =>
    sets.flatMap((other, j) =>
      i < first || j <= i
        ? []
        : one.questions.flatMap((a) =>
            other.questions
              .filter((b) => a.columns.some((column) => b.columns.includes(column)))
              .map((b): Contested => ({ question: a.name, sets: [i, j], alone: [onlyIn(a, b), onlyIn(b, a)] }))
              .filter(({ alone }) => one.isOwnTree || alone.every((columns) => columns.length > 0)),
          ),
    ),
  )
}

type Found = { plain: Map<string, number>; versions: Map<string, Map<string, number>> }

function indexNames(columns: readonly string[], names: readonly (VoteName | null)[], campaign: string): Found {
  const found: Found = { plain: new Map(), versions: new Map() }
  names.forEach((name, column) => {
    if (name?.kind !== 'votes' || name.campaign !== campaign) return
    if (name.version !== '' && !found.versions.has(name.version)) found.versions.set(name.version, new Map())
    const map = name.version === '' ? found.plain : found.versions.get(name.version)!
    const earlier = map.get(name.key)
    if (earlier !== undefined)
      throw new AppError(
        'import/duplicate-column',
        `The columns "${columns[earlier]}" and "${columns[column]}" both hold the votes for ${name.key}. Remove one.`,
      )
    map.set(name.key, column)
  })
  return found
}

/** The questions of a tree all of whose answers have a column; an answer's versioned column goes before the plain one. */
function matchQuestions(tree: DecisionTree, found: Found): { question: VoteQuestion; version: string }[] {
  return ['', ...found.versions.keys()].flatMap((version) =>
    questionRanges(tree).flatMap(({ question, start }) => {
      const versioned = found.versions.get(version)
      const keys = question.answers.map((answer) => plainName(answerName(question.name, answer)))
      const columns = keys.map((key) => versioned?.get(key) ?? found.plain.get(key))
      if (version !== '' && !keys.some((key) => versioned?.has(key))) return []
      return columns.every((column) => column !== undefined) ? [{ question: { name: question.name, start, columns }, version }] : []
    }),
  )
}

function distinct<T extends readonly [unknown, unknown]>(pairs: readonly T[]): T[] {
  return pairs.filter((pair, index) => pairs.findIndex((other) => other[0] === pair[0] && other[1] === pair[1]) === index)
}

function findIndicator(
  columns: readonly string[],
  taken: ReadonlySet<number>,
  tree: DecisionTree,
  sets: VoteSetPlan[],
): VotePlan['indicator'] {
  const [question, ...further] = tree.questions
  if (!question || further.length > 0 || question.answers.length !== 2 || sets.some((set) => set.isOwnTree)) return null
  const yes = question.answers.indexOf('yes')
  const no = question.answers.indexOf('no')
  const column = columns.findIndex((name, index) => !taken.has(index) && plainName(name) === plainName(question.name))
  if (yes === -1 || no === -1 || column === -1) return null
  sets.unshift({ campaign: UNNAMED_CAMPAIGN, tree, isOwnTree: true, questions: [] })
  return { column, yes, no }
}

/** A total counts the answers of all versions of its question together. */
function findTotals(names: readonly (VoteName | null)[], sets: readonly VoteSetPlan[]): TotalCheck[] {
  return names.flatMap((total, column) => {
    if (total?.kind !== 'total') return []
    const ofQuestion = sets.flatMap((set) => set.questions.filter((question) => plainName(question.name) === total.key))
    const parts = [...new Set(ofQuestion.flatMap((question) => question.columns))].filter(
      (part) => names[part]?.campaign === total.campaign,
    )
    return parts.length === 0 ? [] : [{ question: ofQuestion[0]!.name, column, parts }]
  })
}

function describe(
  sets: readonly VoteSetPlan[],
  indicator: VotePlan['indicator'],
  tree: DecisionTree,
  columns: readonly string[],
): string[] {
  if (indicator) return [`Votes: column "${columns[indicator.column]}" is read as one vote, 1 for yes and 0 for no.`]
  const own = sets.filter((set) => set.isOwnTree)
  if (own.length === 0) return [`Votes: none. Expected for the tree ${tree.id}: columns such as "${answerNames(tree)[0]}".`]
  const notes = own.map((set) => {
    const absent = tree.questions
      .filter((question) => !set.questions.some(({ name }) => name === question.name))
      .map((question) => question.name)
    const rest = absent.length === 0 ? '' : `; without columns, so not asked: ${absent.join(', ')}`
    return `Votes of the campaign "${set.campaign}": ${set.questions.length} of ${tree.questions.length} questions of ${tree.id}${rest}.`
  })
  return own.length === 1 ? notes : [...notes, `The votes of ${own.length} campaigns are kept apart, never added up.`]
}
