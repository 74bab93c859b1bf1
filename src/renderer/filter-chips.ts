import type { FilterTree } from '@shared/science/filter/filter-tree'
import { formatFilter } from '@shared/science/filter/format-filter'
import { parseTreeOf } from '@shared/science/filter/parse-filter'

/** The parts that must all hold, as they can be taken out one by one. Throws FilterError where the text is no filter. */
export function partsOf(text: string): readonly FilterTree[] {
  const tree = parseTreeOf(text)
  return tree.kind === 'and' ? tree.of : [tree]
}

/** A filter of parts that must all hold; of none, the empty text. */
export function filterOf(parts: readonly FilterTree[]): string {
  if (parts.length === 0) return ''
  return formatFilter(
    parts.length === 1 ? parts[0]! : { kind: 'and', of: parts.flatMap((part) => (part.kind === 'and' ? part.of : [part])) },
  )
}

/** With one part more, or in place of part `at`. */
export function withPart(text: string, part: FilterTree, at: number | null): string {
  const parts = partsOf(text)
  return filterOf(at === null ? [...parts, part] : parts.with(at, part))
}

export const withoutPart = (text: string, at: number): string => filterOf(partsOf(text).toSpliced(at, 1))
