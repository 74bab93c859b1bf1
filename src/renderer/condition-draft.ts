import { columnText, parseColumn } from '@shared/science/filter/column'
import type { AngleUnit, FilterTree, NumberOperator, State, TextOperator } from '@shared/science/filter/filter-tree'
import { formatFilter } from '@shared/science/filter/format-filter'
import { parseTreeOf } from '@shared/science/filter/parse-filter'
import type { SearchColumns } from '@shared/contract/search'
import { AppError } from '@shared/science/errors'
import { parseDec, parseRa } from '@shared/science/sky/sexagesimal'

/** A condition as the form holds it: everything that was ever chosen, so that going back and forth between kinds loses nothing. */
export type ConditionDraft = {
  kind: 'column' | 'state' | 'cone' | 'answered' | 'in-round' | 'annotator' | 'text'
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
  /** A part of a filter as it is written, for whatever has no fields of its own. */
  text: string
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
    text: '',
  }
}

/** The draft from which `toCondition` makes this condition again: in the fields of its kind, else as text. */
export function draftOf(condition: FilterTree, columns: SearchColumns): ConditionDraft {
  const isNot = condition.kind === 'not'
  const text = formatFilter(condition)
  const draft = { ...emptyDraft(columns), ...fieldsOf(isNot ? condition.of : condition), isNot }
  const isText = columns.columns.find(({ name }) => name === draft.column)?.kind === 'text'
  return isOffered(draft, columns) && formatFilter(toCondition(draft, isText)) === text
    ? draft
    : { ...emptyDraft(columns), kind: 'text', text }
}

/** Whether the lists of the form hold what it names. */
function isOffered({ kind, column, question, round, annotator }: ConditionDraft, offered: SearchColumns): boolean {
  switch (kind) {
    case 'column':
      return offered.columns.some(({ name }) => name === column)
    case 'answered':
      return offered.questions.some(({ name }) => name === question)
    case 'in-round':
      return offered.rounds.some((number) => String(number) === round)
    case 'annotator':
      return offered.annotators.includes(annotator)
    case 'state':
    case 'cone':
      return true
    case 'text':
      return false
  }
}

function fieldsOf(condition: FilterTree): Partial<ConditionDraft> {
  switch (condition.kind) {
    case 'number':
    case 'text':
      return {
        kind: 'column',
        column: columnText(condition.column),
        operator: condition.operator,
        value: String(condition.value),
      }
    case 'known':
      return { kind: 'column', column: columnText(condition.column), operator: 'known' }
    case 'state':
      return { kind: 'state', state: condition.state }
    case 'cone':
      return {
        ...{ kind: 'cone', raDeg: String(condition.raDeg), decDeg: String(condition.decDeg) },
        ...{ radius: String(condition.radius), unit: condition.unit },
      }
    case 'answered':
      return { kind: 'answered', question: condition.question, answer: condition.is?.answer ?? '' }
    case 'in-round':
      return { kind: 'in-round', round: String(condition.round) }
    case 'annotator':
      return { kind: 'annotator', annotator: condition.value }
    case 'and':
    case 'or':
    case 'not':
      return { kind: 'text' }
  }
}

/** Throws `filter/bad-value` where a number is wanted and none is there, and FilterError where a text is no filter. */
export function toCondition(draft: ConditionDraft, isText: boolean): FilterTree {
  const condition = positiveCondition(draft, isText)
  return draft.isNot ? { kind: 'not', of: condition } : condition
}

function positiveCondition(draft: ConditionDraft, isText: boolean): FilterTree {
  switch (draft.kind) {
    case 'text':
      return parseTreeOf(draft.text)
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
        raDeg: angleIn(draft.raDeg, parseRa, 'a right ascension', RA_FORMS),
        decDeg: angleIn(draft.decDeg, parseDec, 'a declination', DEC_FORMS),
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

const RA_FORMS = 'Write degrees, such as 187.5 or 187d30m0s, or hours, such as 12:30:00.'
const DEC_FORMS = 'Write degrees, such as -1.5 or -1:30:00; hours are for a right ascension.'

/** Degrees, or in the base of 60 as catalogues and papers write it. */
function angleIn(text: string, parse: (text: string) => number | null, what: string, forms: string): number {
  return parse(text) ?? numberIn(text, what, forms)
}

function numberIn(text: string, what: string, forms = 'Write a number.'): number {
  const value = text.trim() === '' ? NaN : Number(text)
  if (Number.isFinite(value)) return value
  throw new AppError(
    'filter/bad-value',
    `${text.trim() === '' ? 'Nothing is written' : `"${text}" is written`} where ${what} is wanted. ${forms}`,
  )
}
