import { assertNever } from '../errors'
import type { CheckedFilter } from './check-filter'
import { compareNumbers, compareTexts, textTest, type Numbers, type Texts } from './compare'
import { insideCone, type Directions } from './cone'
import type { State, TextOperator } from './filter-tree'
import { andInto, FALSE, notInto, orInto, TRUE, UNKNOWN, type Truth } from './truth'
import type { KnownColumn } from './vocabulary'

/** Where the values of N galaxies come from. Every list of rows may be in any order. */
export type GalaxyValues = {
  readonly count: number
  numbers: (column: KnownColumn) => Numbers
  texts: (column: Extract<KnownColumn, { kind: 'metadata' }>) => Texts
  directions: () => Directions
  /** The galaxies whose id is this, or for `~` looks like this. */
  withId: (operator: '=' | '~', value: string) => Iterable<number>
  /** Never unknown; the caller may change what it is given. */
  inState: (state: State) => Truth
  inRound: (round: number) => Iterable<number>
  annotatedBy: (test: (name: string) => boolean) => Iterable<number>
  /** The galaxies about which an expert answered this question, each with the answers that were given. */
  answersTo: (question: string) => Iterable<readonly [row: number, answers: ReadonlySet<string>]>
}

/** Whether each galaxy answers to the filter, in three-valued logic. */
export function evaluate(filter: CheckedFilter, galaxies: GalaxyValues): Truth {
  switch (filter.kind) {
    case 'and':
    case 'or': {
      const [first, ...rest] = filter.of
      if (first === undefined) return new Uint8Array(galaxies.count).fill(filter.kind === 'and' ? TRUE : FALSE)
      const truth = evaluate(first, galaxies)
      const join = filter.kind === 'and' ? andInto : orInto
      for (const part of rest) join(truth, evaluate(part, galaxies))
      return truth
    }
    case 'not': {
      const truth = evaluate(filter.of, galaxies)
      notInto(truth)
      return truth
    }
    case 'number':
      return compareNumbers(galaxies.numbers(filter.column), filter.operator, filter.value)
    case 'text':
      if (filter.column.kind === 'metadata') return compareTexts(galaxies.texts(filter.column), textTest(filter.operator, filter.value))
      return marked(galaxies.count, filter.operator, (operator) => galaxies.withId(operator, filter.value))
    case 'known':
      return isKnown(filter.column, galaxies)
    case 'cone':
      return insideCone(galaxies.directions(), filter)
    case 'state':
      return galaxies.inState(filter.state)
    case 'in-round':
      return marked(galaxies.count, '=', () => galaxies.inRound(filter.round))
    case 'annotator':
      return marked(galaxies.count, filter.operator, (operator) => galaxies.annotatedBy(textTest(operator, filter.value)))
    case 'answered':
      return answered(filter, galaxies)
    default:
      return assertNever(filter)
  }
}

/** True for the rows that `find` gives and false for all others; `!=` turns the whole around. */
function marked(count: number, operator: TextOperator, find: (operator: '=' | '~') => Iterable<number>): Truth {
  const truth = new Uint8Array(count)
  for (const row of find(operator === '!=' ? '=' : operator)) truth[row] = TRUE
  if (operator === '!=') notInto(truth)
  return truth
}

function isKnown(column: KnownColumn, galaxies: GalaxyValues): Truth {
  if (column.kind === 'id') return new Uint8Array(galaxies.count).fill(TRUE)
  const truth =
    column.kind === 'metadata' && column.type === 'text'
      ? compareTexts(galaxies.texts(column), () => true)
      : compareNumbers(galaxies.numbers(column), '>=', -Infinity)
  for (let i = 0; i < truth.length; i++) if (truth[i] === UNKNOWN) truth[i] = FALSE
  return truth
}

/** Several experts may have answered: `=` asks whether one of them gave this answer, `!=` whether none did. */
function answered({ question, is }: Extract<CheckedFilter, { kind: 'answered' }>, galaxies: GalaxyValues): Truth {
  const truth = new Uint8Array(galaxies.count).fill(is === null ? FALSE : UNKNOWN)
  for (const [row, answers] of galaxies.answersTo(question))
    truth[row] = is === null || answers.has(is.answer) === (is.operator === '=') ? TRUE : FALSE
  return truth
}
