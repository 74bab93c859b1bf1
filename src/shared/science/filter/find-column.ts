import { answerNames } from '../tree/decision-tree'
import { likelyNames } from '../text/names'
import { columnText } from './column'
import { FilterError } from './filter-error'
import type { Column } from './filter-tree'
import type { KnownColumn, Vocabulary } from './vocabulary'

/**
 * Looks a column up. A plain name is a vote fraction before it is a column of the table. Throws FilterError, with the nearest names:
 * `filter/unknown-column`, `filter/unknown-question`, `filter/unknown-answer`, `filter/unknown-model`, `filter/unknown-round`, and
 * `filter/no-predictions` and `filter/no-rounds` where there is nothing yet. `at`: its place in the filter, where it stands in one.
 */
export function findColumn(column: Column, vocabulary: Vocabulary, at: number | null = null): KnownColumn {
  switch (column.kind) {
    case 'named':
      return builtInColumn(column.name, vocabulary) ?? metadataColumn(column, vocabulary, at)
    case 'metadata':
      return metadataColumn(column, vocabulary, at)
    case 'votes':
      return { kind: 'votes', question: findQuestion(column.question, vocabulary, at) }
    case 'predicted':
      return findPrediction(column, vocabulary, at)
    case 'score':
      return { kind: 'score', round: findRound(column.round, vocabulary, at) }
  }
}

/** What a plain name means before any column of the table is looked at; null for nothing. */
export function builtInColumn(name: string, { tree }: Pick<Vocabulary, 'tree'>): KnownColumn | null {
  if (name === 'ra' || name === 'dec' || name === 'id') return { kind: name }
  return answerNames(tree).includes(name) ? { kind: 'fraction', answer: name } : null
}

export function findQuestion(name: string, { tree }: Pick<Vocabulary, 'tree'>, at: number | null): string {
  const names = tree.questions.map((question) => question.name)
  if (names.includes(name)) return name
  throw new FilterError('filter/unknown-question', `The tree ${tree.id} has no question "${name}".${meant(name, names, 'questions')}`, at)
}

/** Throws `filter/unknown-answer`. */
export function findAnswer(question: string, answer: string, { tree }: Pick<Vocabulary, 'tree'>, at: number | null): string {
  const { answers } = tree.questions.find(({ name }) => name === question)!
  if (answers.includes(answer)) return answer
  throw new FilterError('filter/unknown-answer', `"${question}" has no answer "${answer}".${meant(answer, answers, 'answers')}`, at)
}

/** A round that there is; the newest for null. */
export function findRound(round: number | null, { rounds }: Vocabulary, at: number | null): number {
  const newest = rounds.at(-1)
  if (newest === undefined) throw new FilterError('filter/no-rounds', 'This project has no round yet: split the survey first.', at)
  if (round === null || rounds.includes(round)) return round ?? newest
  throw new FilterError('filter/unknown-round', `There is no round ${round}; the newest is ${newest}.`, at)
}

function findPrediction(
  { model, answer }: Extract<Column, { kind: 'predicted' }>,
  { tree, models }: Vocabulary,
  at: number | null,
): KnownColumn {
  const newest = models.at(-1)
  if (newest === undefined)
    throw new FilterError('filter/no-predictions', 'No model has predicted this survey yet: train one and predict first.', at)
  const found = model === null ? newest : models.find(({ id }) => id === model)
  const ids = models.map(({ id }) => id)
  if (found === undefined)
    throw new FilterError(
      'filter/unknown-model',
      `No model "${model}" has predicted this survey.${meant(model!, ids, 'models that have')}`,
      at,
    )
  if (found.outputs.includes(answer)) return { kind: 'prediction', model: found.id, answer }
  const hint = answerNames(tree).includes(answer) ? ` It predicts: ${found.outputs.join(', ')}.` : meant(answer, found.outputs, 'answers')
  throw new FilterError('filter/unknown-answer', `The model ${found.id} predicts no "${answer}".${hint}`, at)
}

function metadataColumn(column: Extract<Column, { name: string }>, vocabulary: Vocabulary, at: number | null): KnownColumn {
  const { name } = column
  const type = vocabulary.metadata.get(name)
  if (type !== undefined) return { kind: 'metadata', name, type }
  const names = [
    ...vocabulary.metadata.keys(),
    ...(column.kind === 'named' ? [...answerNames(vocabulary.tree), 'ra', 'dec', 'id', 'score'] : []),
  ]
  throw new FilterError('filter/unknown-column', `There is no column ${columnText(column)}.${meant(name, names, 'columns')}`, at)
}

const FEW = 12

/** The nearest names where some are near; else all of a few. */
function meant(name: string, names: readonly string[], what: string): string {
  const near = likelyNames(name, names, 3)
  if (near.length > 0) return ` Did you mean ${near.map((candidate) => `"${candidate}"`).join(' or ')}?`
  if (names.length === 0) return ''
  return names.length <= FEW ? ` The ${what} are: ${names.join(', ')}.` : ` The list of columns shows all ${names.length}.`
}

/** A column that was looked up, as text that means it and nothing else, whatever becomes the newest. */
export function knownColumnText(column: KnownColumn): string {
  switch (column.kind) {
    case 'ra':
    case 'dec':
    case 'id':
      return column.kind
    case 'fraction':
      return columnText({ kind: 'named', name: column.answer })
    case 'prediction':
      return columnText({ ...column, kind: 'predicted' })
    case 'votes':
    case 'score':
    case 'metadata':
      return columnText(column)
  }
}
