import type { KnownColumn } from '@shared/science/filter/vocabulary'
import type { Standing } from './standing'

/** What the values of a column depend on: they are to be read again when it changes. */
export function stampOf(column: KnownColumn, { rows, voteSet, imports, models }: Standing): string {
  switch (column.kind) {
    case 'fraction':
    case 'votes':
      return `${rows.count} galaxies, vote set ${voteSet?.key ?? 'none'} of ${imports.length} imports`
    case 'prediction':
      return `${rows.count} galaxies, ${models.find(({ id }) => id === column.model)?.stamp ?? 'no model'}`
    default:
      return `${rows.count} galaxies`
  }
}

/** The same for what outlives the program: the catalogue itself may be another one by then ([Note: The shelf]). */
export const shelfStamp = (stamp: string, { importsStamp, tree }: Standing): string =>
  `${stamp}, imports ${importsStamp}, tree ${tree.version}`
