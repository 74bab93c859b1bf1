import { FilterError } from './filter-error'

/** A piece of a filter's text; `at` is where it begins. `name` stands in backticks and is never a keyword; `raw` is what was written. */
export type Token = { readonly at: number; readonly raw: string } & (
  | { readonly kind: 'word' | 'name' | 'text' | 'sign'; readonly value: string }
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'end' }
)

const PATTERNS = {
  space: /\s+/y,
  word: /[\p{L}_][\p{L}\p{N}_-]*/uy,
  number: /[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?/y,
  name: /`(?:[^`]|``)+`/y,
  text: /"(?:[^"\\]|\\["\\])*"/y,
  sign: /==|<>|<=|>=|!=|[=<>~().,@]/y,
}
/** What other languages write for the same. */
const ALIASES: Readonly<Record<string, string>> = { '==': '=', '<>': '!=' }
const KINDS = ['word', 'number', 'name', 'text', 'sign'] as const

/** Cuts a filter's text into tokens; the last one is `end`. Throws `filter/syntax`. */
export function tokens(text: string): Token[] {
  const found: Token[] = []
  for (let at = skipSpace(text, 0); at < text.length; at = skipSpace(text, at + found.at(-1)!.raw.length)) found.push(tokenAt(text, at))
  return [...found, { kind: 'end', raw: '', at: text.length }]
}

function tokenAt(text: string, at: number): Token {
  for (const kind of KINDS) {
    const raw = match(PATTERNS[kind], text, at)
    if (raw === null) continue
    if (kind === 'number') return numberAt(raw, at, text)
    return { kind, raw, at, value: contentOf(kind, raw) }
  }
  const letter = String.fromCodePoint(text.codePointAt(at)!)
  if (letter === '"')
    throw new FilterError('filter/syntax', 'This text has no end: close it with ", and write " and \\ in it as \\" and \\\\.', at)
  if (letter === '`') throw new FilterError('filter/syntax', 'This name has no end: close it with a backtick.', at)
  throw new FilterError(
    'filter/syntax',
    `"${letter}" means nothing in a filter. Put names with such letters in backticks, texts in double quotes.`,
    at,
  )
}

function numberAt(raw: string, at: number, text: string): Token {
  const value = Number(raw)
  if (!Number.isFinite(value)) throw new FilterError('filter/syntax', `${raw} is too large for a number.`, at)
  const tail = match(PATTERNS.word, text, at + raw.length)
  if (tail === null) return { kind: 'number', raw, at, value }
  throw new FilterError(
    'filter/syntax',
    `"${raw}${tail}" is neither a number nor a name. Put a name that begins with a digit in backticks.`,
    at,
  )
}

function contentOf(kind: Exclude<(typeof KINDS)[number], 'number'>, raw: string): string {
  if (kind === 'name') return raw.slice(1, -1).replaceAll('``', '`')
  if (kind === 'text') return raw.slice(1, -1).replaceAll(/\\(["\\])/g, '$1')
  return ALIASES[raw] ?? raw
}

function skipSpace(text: string, at: number): number {
  return at + (match(PATTERNS.space, text, at)?.length ?? 0)
}

function match(pattern: RegExp, text: string, at: number): string | null {
  pattern.lastIndex = at
  return pattern.exec(text)?.[0] ?? null
}
