import { assertNever } from '../errors'
import { columnText } from './column'
import { FilterError } from './filter-error'
import { columnsOf, conditionsOf, type Column, type Filter, type FilterTree } from './filter-tree'
import { findAnswer, findColumn, findQuestion, findRound } from './find-column'
import type { ParsedFilter } from './parse-filter'
import { isNumeric, isOfVotes, type KnownColumn, type Vocabulary } from './vocabulary'

/** A filter whose names were looked up: what is computed. */
export type CheckedFilter = Filter<KnownColumn>

/**
 * Looks up every name of a filter. Throws FilterError with the place in the text: what `findColumn` throws, and `filter/bad-value` for a number
 * compared with a text or a text with a number.
 */
export function checkFilter({ tree, places }: ParsedFilter, vocabulary: Vocabulary): CheckedFilter {
  const check = (part: FilterTree): CheckedFilter => {
    const at = places.get(part) ?? null
    switch (part.kind) {
      case 'and':
      case 'or':
        return { kind: part.kind, of: part.of.map(check) }
      case 'not':
        return { kind: 'not', of: check(part.of) }
      case 'number':
      case 'text':
        return { ...part, column: comparable(part, vocabulary, at) }
      case 'known':
        return { kind: 'known', column: findColumn(part.column, vocabulary, at) }
      case 'in-round':
        return { kind: 'in-round', round: findRound(part.round, vocabulary, at) }
      case 'answered':
        findQuestion(part.question, vocabulary, at)
        if (part.is !== null) findAnswer(part.question, part.is.answer, vocabulary, at)
        return part
      case 'cone':
      case 'state':
      case 'annotator':
        return part
      default:
        return assertNever(part)
    }
  }
  return check(tree)
}

function comparable(part: Extract<FilterTree, { kind: 'number' | 'text' }>, vocabulary: Vocabulary, at: number | null): KnownColumn {
  const column = findColumn(part.column, vocabulary, at)
  if (isNumeric(column) === (part.kind === 'number')) return column
  throw new FilterError('filter/bad-value', badValue(part.column, part), at)
}

function badValue(column: Column, { kind, value }: { kind: 'number' | 'text'; value: number | string }): string {
  const name = columnText(column)
  if (kind === 'text') return `${name} is a number: compare it with one, without quotes, and not with "${value}".`
  return `${name} is a text: compare it with =, != or ~ and a text in double quotes, such as ${name} = "${value}".`
}

/** Every column whose values the filter looks at; a cone looks at ra and dec. */
export function columnsRead(filter: CheckedFilter): KnownColumn[] {
  const hasCone = conditionsOf(filter).some(({ kind }) => kind === 'cone')
  return hasCone ? [...columnsOf(filter), { kind: 'ra' }, { kind: 'dec' }] : columnsOf(filter)
}

/** The rounds whose galaxies the filter asks for. */
export function roundsRead(filter: CheckedFilter): number[] {
  return conditionsOf(filter).flatMap((condition) => (condition.kind === 'in-round' ? [condition.round] : []))
}

/** Whether the filter asks what experts did: its answer changes with every label. */
export function readsLabels(filter: CheckedFilter): boolean {
  return conditionsOf(filter).some(({ kind }) => kind === 'state' || kind === 'annotator' || kind === 'answered')
}

/** See [Note: Blind labels]. */
export function usesVotes(filter: CheckedFilter): boolean {
  return columnsRead(filter).some(isOfVotes)
}
