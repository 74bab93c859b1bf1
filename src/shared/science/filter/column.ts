import { states, type Column } from './filter-tree'
import { readTokens, type TokenReader } from './token-reader'

/** Names that need backticks where they are meant as the name of a column. */
const KEYWORDS: ReadonlySet<string> = new Set([...states, 'and', 'or', 'not', 'in-round', 'annotator', 'score'])
const PLAIN = /^[\p{L}_][\p{L}\p{N}_-]*$/u

/** A column from its text, such as `votes(bar)`; the form in which sorting and tables name it. Throws `filter/syntax`. */
export function parseColumn(text: string): Column {
  const reader = readTokens(text)
  const column = readColumn(reader)
  if (reader.peek().kind !== 'end') reader.fail(`nothing after the column ${columnText(column)}`)
  return column
}

/** Columns between commas; none in blank text. Throws `filter/syntax`. */
export function parseColumns(text: string): Column[] {
  const reader = readTokens(text)
  const columns: Column[] = []
  while (reader.peek().kind !== 'end') {
    columns.push(readColumn(reader))
    if (reader.peek().kind !== 'end' && !reader.takeIf(',')) reader.fail(`a comma after the column ${columnText(columns.at(-1)!)}`)
  }
  return columns
}

/** Reads the column that comes next. Throws `filter/syntax`. */
export function readColumn(reader: TokenReader): Column {
  const next = reader.peek()
  if (next.kind !== 'word' && next.kind !== 'name') return reader.fail('a condition: a column, a state, cone(…), answered(…) or known(…)')
  reader.take()
  const word = next.kind === 'word' ? next.value : null
  if (word === 'votes' && reader.takeIf('(')) {
    const question = reader.name('the name of a question')
    reader.expect(')', `the question ${question}`)
    return { kind: 'votes', question }
  }
  if (word === 'score') return { kind: 'score', round: reader.takeIf('@') ? reader.count('the number of a round after @') : null }
  if (word === 'metadata' && reader.takeIf('.')) return { kind: 'metadata', name: reader.name('the name of a column after the dot') }
  if (word === 'predicted' && (reader.isNext('.') || reader.isNext('@'))) {
    const model = reader.takeIf('@') ? reader.name('the name of a model after @') : null
    reader.expect('.', model === null ? 'predicted' : `the model ${model}`)
    return { kind: 'predicted', model, answer: reader.name('an answer, such as bar_strong, after the dot') }
  }
  return { kind: 'named', name: next.value }
}

/** A column as text; `parseColumn` reads the same column from it. */
export function columnText(column: Column): string {
  switch (column.kind) {
    case 'named':
      return nameText(column.name)
    case 'metadata':
      return `metadata.${nameText(column.name)}`
    case 'votes':
      return `votes(${nameText(column.question)})`
    case 'predicted':
      return `predicted${column.model === null ? '' : `@${nameText(column.model)}`}.${nameText(column.answer)}`
    case 'score':
      return column.round === null ? 'score' : `score@${column.round}`
  }
}

/** A name as it has to be written. */
export function nameText(name: string): string {
  return PLAIN.test(name) && !KEYWORDS.has(name.toLowerCase()) ? name : `\`${name.replaceAll('`', '``')}\``
}
