import { columnText, nameText } from './column'
import { assertNever } from '../errors'
import type { FilterTree } from './filter-tree'

/** A filter as text with no more parentheses than needed; `parseFilter` reads the same tree from it. Several parts in every `and` and `or`. */
export function formatFilter(tree: FilterTree): string {
  switch (tree.kind) {
    case 'or':
      return tree.of.map((part) => (part.kind === 'or' ? `(${formatFilter(part)})` : formatFilter(part))).join(' or ')
    case 'and':
      return tree.of.map(inside).join(' and ')
    case 'not':
      return `not ${inside(tree.of)}`
    case 'number':
      return `${columnText(tree.column)} ${tree.operator} ${tree.value}`
    case 'text':
      return `${columnText(tree.column)} ${tree.operator} ${quoted(tree.value)}`
    case 'known':
      return `known(${columnText(tree.column)})`
    case 'cone':
      return `cone(${tree.raDeg}, ${tree.decDeg}, ${tree.radius} ${tree.unit})`
    case 'state':
      return tree.state
    case 'in-round':
      return `in-round ${tree.round}`
    case 'annotator':
      return `annotator ${tree.operator} ${quoted(tree.value)}`
    case 'answered':
      return `answered(${nameText(tree.question)})${tree.is === null ? '' : ` ${tree.is.operator} ${nameText(tree.is.answer)}`}`
    default:
      return assertNever(tree)
  }
}

function inside(tree: FilterTree): string {
  return tree.kind === 'or' || tree.kind === 'and' ? `(${formatFilter(tree)})` : formatFilter(tree)
}

/** JSON escapes more than these two, which the filter language does not know. */
function quoted(text: string): string {
  return `"${text.replaceAll(/["\\]/g, String.raw`\$&`)}"`
}
