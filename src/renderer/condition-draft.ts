import { parseColumn } from '@shared/science/filter/column'
import type { AngleUnit, FilterTree, NumberOperator, State, TextOperator } from '@shared/science/filter/filter-tree'
import type { SearchColumns } from '@shared/contract/search'
import { AppError } from '@shared/science/errors'

/** A condition as the form holds it: everything that was ever chosen, so that going back and forth between kinds loses nothing. */
export type ConditionDraft = {
  kind: 'column' | 'state' | 'cone' | 'answered' | 'in-round' | 'annotator'
  isNot: boolean
  column: string
  operator: NumberOperator | TextOperator | 'known'
  value: string
  state: State
  raDeg: string
  decDeg: string
  radius: string
  unit: AngleUnit
  question: string
  /** Empty: any answer. */
  answer: string
  round: string
  annotator: string
}

export function emptyDraft({ columns, questions, rounds, annotators }: SearchColumns): ConditionDraft {
  return {
    kind: 'column',
    isNot: false,
    column: columns.find(({ group }) => group === 'fraction')?.name ?? columns[0]?.name ?? 'id',
    operator: '>',
    value: '',
    state: 'labelled',
    raDeg: '',
    decDeg: '',
    radius: '30',
    unit: 'arcmin',
    question: questions[0]?.name ?? '',
    answer: '',
    round: String(rounds.at(-1) ?? ''),
    annotator: annotators[0] ?? '',
  }
}

/** Throws `filter/bad-value` where a number is wanted and none is there. */
export function toCondition(draft: ConditionDraft, isText: boolean): FilterTree {
  const condition = positiveCondition(draft, isText)
  return draft.isNot ? { kind: 'not', of: condition } : condition
}

function positiveCondition(draft: ConditionDraft, isText: boolean): FilterTree {
  switch (draft.kind) {
    case 'column': {
      const column = parseColumn(draft.column)
      if (draft.operator === 'known') return { kind: 'known', column }
      if (isText) return { kind: 'text', column, operator: draft.operator as TextOperator, value: draft.value }
      return { kind: 'number', column, operator: draft.operator as NumberOperator, value: numberIn(draft.value, 'a value to compare with') }
    }
    case 'state':
      return { kind: 'state', state: draft.state }
    case 'cone':
      return {
        kind: 'cone',
        raDeg: numberIn(draft.raDeg, 'a right ascension in degrees'),
        decDeg: numberIn(draft.decDeg, 'a declination in degrees'),
        radius: numberIn(draft.radius, 'a radius'),
        unit: draft.unit,
      }
    case 'answered':
      return { kind: 'answered', question: draft.question, is: draft.answer === '' ? null : { operator: '=', answer: draft.answer } }
    case 'in-round':
      return { kind: 'in-round', round: numberIn(draft.round, 'the number of a round') }
    case 'annotator':
      return { kind: 'annotator', operator: '=', value: draft.annotator }
  }
}

function numberIn(text: string, what: string): number {
  const value = text.trim() === '' ? NaN : Number(text)
  if (Number.isFinite(value)) return value
  throw new AppError(
    'filter/bad-value',
    `${text.trim() === '' ? 'Nothing is written' : `"${text}" is written`} where ${what} is wanted. Write a number.`,
  )
}
