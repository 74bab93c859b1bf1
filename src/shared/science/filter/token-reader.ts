import { FilterError } from './filter-error'
import { tokens, type Token } from './tokens'

/** Walks over the tokens of a filter and says, where something else stands, what was expected there. */
export type TokenReader = {
  /** The token to be read next; at the end it is `end`. */
  peek: () => Token
  take: () => Token
  /** Takes the sign or the keyword if it comes next. Keywords are taken in small letters or capitals, never from backticks. */
  takeIf: (what: string) => boolean
  isNext: (what: string, ahead?: number) => boolean
  /** Takes the sign, or throws `filter/syntax`. */
  expect: (sign: string, after: string) => void
  /** A number; throws `filter/syntax`, `what` saying which number is wanted. */
  number: (what: string) => number
  /** A whole number from 0; throws `filter/syntax`. */
  count: (what: string) => number
  /** A name of the survey's, in whatever form it can be written; throws `filter/syntax`. */
  name: (what: string) => string
  fail: (expected: string, at?: Token) => never
}

export function readTokens(text: string): TokenReader {
  const all = tokens(text)
  let place = 0
  const fail = (expected: string, token = all[place]!): never => {
    const found = token.kind === 'end' ? 'the filter ends' : `there is ${token.raw}`
    throw new FilterError('filter/syntax', `Expected ${expected}, but ${found}.`, token.at)
  }
  const is = (token: Token | undefined, what: string) =>
    (token?.kind === 'sign' && token.value === what) || (token?.kind === 'word' && token.value.toLowerCase() === what)
  const reader: TokenReader = {
    peek: () => all[place]!,
    take: () => all[place === all.length - 1 ? place : place++]!,
    isNext: (what, ahead = 0) => is(all[place + ahead], what),
    takeIf(what) {
      if (!is(all[place], what)) return false
      place++
      return true
    },
    expect(sign, after) {
      if (!reader.takeIf(sign)) fail(`${sign} after ${after}`)
    },
    number(what) {
      const next = reader.peek()
      if (next.kind !== 'number') return fail(what)
      reader.take()
      return next.value
    },
    count(what) {
      const next = reader.peek()
      if (next.kind !== 'number' || !Number.isInteger(next.value) || next.value < 0) return fail(what)
      return reader.number(what)
    },
    name(what) {
      const next = reader.peek()
      if (next.kind === 'sign' || next.kind === 'end') return fail(what)
      reader.take()
      return next.kind === 'number' ? next.raw : next.value
    },
    fail,
  }
  return reader
}
