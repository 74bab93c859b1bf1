import { likelyName } from '../text/names'
import { columnText, readColumn } from './column'
import { FilterError } from './filter-error'
import {
  angleUnits,
  everyGalaxy,
  numberOperators,
  states,
  textOperators,
  type Column,
  type FilterTree,
  type NumberOperator,
  type State,
  type TextOperator,
} from './filter-tree'
import { readTokens, type TokenReader } from './token-reader'

/** Longer than any filter a person writes. */
const MOST_LETTERS = 10_000
const DEEPEST = 100

/** A filter and where in its text each of its parts begins, counted from 0. */
export type ParsedFilter = { readonly tree: FilterTree; readonly places: ReadonlyMap<FilterTree, number> }

/**
 * Reads a filter from text ([Note: The filter language]); blank text is `everyGalaxy`. Names are not looked up here: see `checkFilter`. Throws
 * FilterError `filter/syntax` with the place and what was expected there, `filter/too-long` and `filter/too-deep`.
 */
export function parseFilter(text: string): ParsedFilter {
  if (text.length > MOST_LETTERS)
    throw new FilterError('filter/too-long', `A filter has at most ${MOST_LETTERS} letters; this one has ${text.length}.`, null)
  const reader = readTokens(text)
  const places = new Map<FilterTree, number>()
  if (reader.peek().kind === 'end') return { tree: everyGalaxy, places }
  const parser = filterParser(reader, places)
  const tree = parser(0)
  if (reader.peek().kind !== 'end') reader.fail('and, or, or the end of the filter')
  return { tree, places }
}

/** As `parseFilter`, the tree alone. */
export function parseTreeOf(text: string): FilterTree {
  return parseFilter(text).tree
}

function filterParser(reader: TokenReader, places: Map<FilterTree, number>): (depth: number) => FilterTree {
  const placed = (at: number, tree: FilterTree): FilterTree => {
    places.set(tree, at)
    return tree
  }

  const chain = (kind: 'and' | 'or', part: (depth: number) => FilterTree) => (depth: number) => {
    const { at } = reader.peek()
    const of = [part(depth)]
    while (reader.takeIf(kind)) of.push(part(depth))
    return of.length === 1 ? of[0]! : placed(at, { kind, of })
  }

  const part = (depth: number): FilterTree => {
    const { at } = reader.peek()
    if (depth > DEEPEST) throw new FilterError('filter/too-deep', `A filter has at most ${DEEPEST} levels of parentheses and not.`, at)
    if (reader.takeIf('not')) return placed(at, { kind: 'not', of: part(depth + 1) })
    if (!reader.takeIf('(')) return placed(at, readCondition(reader))
    const inside = whole(depth + 1)
    if (!reader.takeIf(')')) reader.fail(`and, or, or the ) that closes the ( at character ${at + 1}`)
    return inside
  }

  const whole = chain('or', chain('and', part))
  return whole
}

function readCondition(reader: TokenReader): FilterTree {
  if (reader.isNext('(', 1)) {
    if (reader.takeIf('cone')) return readCone(reader)
    if (reader.takeIf('answered')) return readAnswered(reader)
    if (reader.takeIf('known')) {
      reader.take()
      const column = readColumn(reader)
      reader.expect(')', `the column ${columnText(column)}`)
      return { kind: 'known', column }
    }
  }
  if (reader.takeIf('in-round')) return { kind: 'in-round', round: reader.count('the number of a round, as in in-round 3') }
  if (reader.isNext('annotator')) {
    reader.take()
    return { kind: 'annotator', ...readText(reader, 'annotator') }
  }
  const next = reader.peek()
  if (next.kind === 'word' && isState(next.value) && !isOperator(reader, 1)) {
    reader.take()
    return { kind: 'state', state: next.value }
  }
  return readComparison(reader, readColumn(reader))
}

function readComparison(reader: TokenReader, column: Column): FilterTree {
  if (!isOperator(reader, 0)) {
    const meant = column.kind === 'named' ? likelyName(column.name, [...states, 'in-round', 'annotator', 'answered', 'cone']) : null
    const hint = meant === null ? '' : ` (did you mean ${meant}?)`
    reader.fail(`a comparison such as > or = after ${columnText(column)}${hint}`)
  }
  const operator = reader.take()
  const sign = operator.kind === 'sign' ? operator.value : ''
  const next = reader.peek()
  if (next.kind === 'text') {
    reader.take()
    if (isTextOperator(sign)) return { kind: 'text', column, operator: sign, value: next.value }
    reader.fail(`=, != or ~ before a text`, operator)
  }
  if (sign === '~') reader.fail('a text in double quotes after ~, such as "5877*"')
  return {
    kind: 'number',
    column,
    operator: sign as NumberOperator,
    value: reader.number(`a number, or a text in double quotes, after ${sign}`),
  }
}

function readText(reader: TokenReader, what: string): { operator: TextOperator; value: string } {
  const operator = reader.take()
  if (operator.kind !== 'sign' || !isTextOperator(operator.value)) return reader.fail(`=, != or ~ after ${what}`, operator)
  const next = reader.peek()
  if (next.kind !== 'text') return reader.fail(`a text in double quotes, as in ${what} ${operator.value} "ada"`)
  reader.take()
  return { operator: operator.value, value: next.value }
}

function readCone(reader: TokenReader): FilterTree {
  const { at } = reader.take()
  const raDeg = reader.number('the right ascension in degrees')
  reader.expect(',', 'the right ascension')
  const decDeg = reader.number('the declination in degrees')
  reader.expect(',', 'the declination')
  const radius = reader.number('the radius')
  const unit = angleUnits.find((name) => reader.takeIf(name)) ?? reader.fail('arcsec, arcmin or deg after the radius')
  reader.expect(')', 'the radius')
  if (raDeg < 0 || raDeg > 360) throw new FilterError('filter/bad-cone', `The right ascension ${raDeg} is not in 0..360 degrees.`, at)
  if (decDeg < -90 || decDeg > 90) throw new FilterError('filter/bad-cone', `The declination ${decDeg} is not in -90..90 degrees.`, at)
  if (radius < 0) throw new FilterError('filter/bad-cone', `The radius ${radius} is below 0.`, at)
  return { kind: 'cone', raDeg, decDeg, radius, unit }
}

function readAnswered(reader: TokenReader): FilterTree {
  reader.take()
  const question = reader.name('the name of a question')
  reader.expect(')', `the question ${question}`)
  if (!isOperator(reader, 0)) return { kind: 'answered', question, is: null }
  const operator = reader.take()
  if (operator.kind !== 'sign' || (operator.value !== '=' && operator.value !== '!='))
    return reader.fail(`= or != after answered(${question})`, operator)
  return { kind: 'answered', question, is: { operator: operator.value, answer: reader.name(`an answer to ${question}`) } }
}

function isOperator(reader: TokenReader, ahead: number): boolean {
  return [...numberOperators, '~'].some((sign) => reader.isNext(sign, ahead))
}

const isState = (word: string): word is State => (states as readonly string[]).includes(word)
const isTextOperator = (sign: string): sign is TextOperator => (textOperators as readonly string[]).includes(sign)
