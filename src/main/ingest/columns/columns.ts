import { AppError } from '@shared/science/errors'
import type { ImportParams } from '@shared/contract/job'
import type { DecisionTree } from '@shared/science/tree/decision-tree'
import { likelyName, plainName } from './names'
import { roleNames, type Role } from './roles'
import { planVotes, type VotePlan } from './vote-plan'

/** What each column of a table is taken for, as indices into its columns; all that is nothing else is metadata. */
export type ColumnPlan = {
  readonly columns: readonly string[]
  readonly id: number
  readonly file: number | null
  readonly ra: number | null
  readonly dec: number | null
  /** One value for every image, the column that holds each, or unknown. */
  readonly pixelScale: { readonly arcsec: number } | { readonly column: number } | null
  readonly votes: VotePlan
  readonly metadata: readonly number[]
  /** What was found, one line per finding. */
  readonly notes: readonly string[]
}

export type ColumnParams = Pick<ImportParams, 'idColumn' | 'fileColumn' | 'raColumn' | 'decColumn' | 'pixelScale'>

/**
 * Decides what the columns of a table mean for a project's tree: named ones as `params` says, others by the names astronomers use.
 * Throws `import/missing-column`, `import/no-id-column` and what `planVotes` throws; nothing has been written then.
 */
export function planColumns(
  columns: readonly string[],
  params: ColumnParams,
  tree: DecisionTree,
  knownTrees: readonly DecisionTree[],
): ColumnPlan {
  const plainColumns = columns.map(plainName)
  const taken = new Set<number>()
  const find = (role: Role, named: string | undefined): number | null => {
    const column = named === undefined ? (detect(plainColumns, roleNames[role], taken) ?? null) : namedColumn(columns, named)
    if (column !== null) taken.add(column)
    return column
  }
  // Named columns first, so that detection does not give them another meaning.
  const named = [params.idColumn, params.fileColumn, params.raColumn, params.decColumn].filter((name) => name !== undefined)
  const reserved = named.map((name) => namedColumn(columns, name))
  reserved.forEach((column) => taken.add(column))
  const id = find('id', params.idColumn)
  if (id === null)
    throw new AppError('import/no-id-column', `No column looks like an id. Name it with --id; the columns are: ${columns.join(', ')}.`)
  const file = find('file', params.fileColumn)
  let ra = find('ra', params.raColumn)
  let dec = find('dec', params.decColumn)
  const notes = [describeId(columns, plainColumns, id, params.idColumn)]
  if ((ra === null) !== (dec === null)) {
    const alone = (ra ?? dec)!
    notes.push(`Position: unknown, since only "${columns[alone]}" was found. Name the other column with ${ra === null ? '--ra' : '--dec'}.`)
    taken.delete(alone)
    ra = dec = null
  } else
    notes.push(
      ra === null ? 'Position: unknown, no columns for RA and Dec.' : `Position: columns "${columns[ra]}" and "${columns[dec!]}", degrees.`,
    )
  const pixelScale = findPixelScale(columns, params.pixelScale, () => find('pixelScale', undefined))
  if (pixelScale !== null && 'column' in pixelScale) taken.add(pixelScale.column)
  const votes = planVotes(columns, taken, tree, knownTrees)
  const metadata = columns.map((_, index) => index).filter((index) => !taken.has(index) && !votes.used.has(index))
  notes.push(...votes.notes)
  if (metadata.length > 0) notes.push(`Kept as metadata: ${shortList(metadata.map((index) => columns[index]!))}.`)
  return { columns, id, file, ra, dec, pixelScale, votes, metadata, notes }
}

function detect(plainColumns: readonly string[], names: readonly string[], taken: ReadonlySet<number>): number | undefined {
  return names.map((name) => plainColumns.findIndex((column, index) => column === name && !taken.has(index))).find((index) => index !== -1)
}

function namedColumn(columns: readonly string[], name: string): number {
  const exact = columns.indexOf(name)
  if (exact !== -1) return exact
  const likely = likelyName(name, columns)
  const hint = likely === null ? '' : ` Did you mean "${likely}"?`
  throw new AppError('import/missing-column', `The table has no column "${name}".${hint} The columns are: ${columns.join(', ')}.`)
}

function findPixelScale(
  columns: readonly string[],
  asked: number | string | undefined,
  detected: () => number | null,
): ColumnPlan['pixelScale'] {
  if (asked === undefined) {
    const column = detected()
    return column === null ? null : { column }
  }
  const number = fixedPixelScale(asked)
  return number === null ? { column: namedColumn(columns, String(asked)) } : { arcsec: number }
}

/** The arcsec per pixel that a parameter gives for every image; null when it names a column. Throws `import/bad-pixel-scale`. */
export function fixedPixelScale(asked: number | string): number | null {
  const number = typeof asked === 'string' && asked.trim() === '' ? NaN : Number(asked)
  if (Number.isNaN(number)) return null
  if (number > 0 && Number.isFinite(number)) return number
  throw new AppError(
    'import/bad-pixel-scale',
    `The pixel scale is ${asked}; it must be a number of arcsec per pixel above 0, or the name of a column.`,
  )
}

function describeId(columns: readonly string[], plainColumns: readonly string[], id: number, asked: string | undefined): string {
  const others = columns.filter((_, index) => index !== id && (roleNames.id as readonly string[]).includes(plainColumns[index]!))
  const hint =
    asked !== undefined || others.length === 0 ? '' : `; ${others.map((name) => `"${name}"`).join(', ')} could be taken instead (--id)`
  return `Id: column "${columns[id]}"${hint}.`
}

function shortList(names: readonly string[]): string {
  const shown = names.slice(0, 12).join(', ')
  return names.length > 12 ? `${shown} and ${names.length - 12} more (${names.length} columns)` : shown
}
