import type { SearchRequest } from '@shared/contract/search'
import { parseColumn } from '@shared/science/filter/column'
import { columnsOf } from '@shared/science/filter/filter-tree'
import { parseTreeOf } from '@shared/science/filter/parse-filter'

/**
 * Whether a list that the server has found tells what a model predicts, by its filter, its sorting or the columns that are shown: whoever labels from
 * it is not blind to that.
 */
export function tellsPredictions({ filter, sort }: SearchRequest, shownColumns: readonly string[] = []): boolean {
  const named = [...(sort === null ? [] : [sort]), ...shownColumns].map(parseColumn)
  return [...columnsOf(parseTreeOf(filter)), ...named].some(({ kind }) => kind === 'predicted')
}
