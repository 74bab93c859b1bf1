import type { ColumnPlan } from './columns/columns'
import { makeVoteReader } from './read-votes'
import { fault, isFault, type Fault } from './refusal'
import type { TableRow } from './table/table-reader'
import { readDegrees, readId, readPixelScale } from './values'

/** What a row says of a galaxy, before its image is looked at. `votes`: per vote set of the plan. `file`: as written, null when blank or no column. */
export type GalaxyInput = {
  readonly row: number | null
  readonly id: string
  readonly raDeg: number | null
  readonly decDeg: number | null
  readonly file: string | null
  readonly pixelScaleArcsec: number | null
  readonly votes: readonly (Uint16Array | null)[]
  readonly metadata: Readonly<Record<string, string>>
}

/** Reads rows by a plan. A row that cannot go in gives a fault, with its id where it has one. */
export function makeRowReader(plan: ColumnPlan): (row: TableRow) => GalaxyInput | (Fault & { id: string | null }) {
  const { columns } = plan
  const readVotes = makeVoteReader(columns, plan.votes)
  return ({ row, values }) => {
    if (values.length !== columns.length) {
      const id = values[plan.id]?.trim() ?? null
      return {
        ...fault('bad-row', `The row has ${values.length} values, the header ${columns.length}. Correct the row.`),
        id: id === '' ? null : id,
      }
    }
    const id = readId(values[plan.id]!, columns[plan.id]!)
    if (isFault(id)) return { ...id, id: values[plan.id]!.trim() || null }
    const raDeg = plan.ra === null ? null : readDegrees(values[plan.ra]!, columns[plan.ra]!, 0, 360)
    if (isFault(raDeg)) return { ...raDeg, id }
    const decDeg = plan.dec === null ? null : readDegrees(values[plan.dec]!, columns[plan.dec]!, -90, 90)
    if (isFault(decDeg)) return { ...decDeg, id }
    if ((raDeg === null) !== (decDeg === null))
      return { ...fault('bad-position', 'Of RA and Dec only one is given. Give both, or neither.'), id }
    const pixelScaleArcsec = scaleOf(plan, values)
    if (isFault(pixelScaleArcsec)) return { ...pixelScaleArcsec, id }
    const votes = readVotes(values)
    if (isFault(votes)) return { ...votes, id }
    const metadata: Record<string, string> = {}
    for (const column of plan.metadata) if (values[column] !== '') metadata[columns[column]!] = values[column]!
    const file = plan.file === null ? null : values[plan.file]!.trim() || null
    return { row, id, raDeg, decDeg, file, pixelScaleArcsec, votes, metadata }
  }
}

function scaleOf({ pixelScale, columns }: ColumnPlan, values: readonly string[]): number | null | Fault {
  if (pixelScale === null) return null
  if ('arcsec' in pixelScale) return pixelScale.arcsec
  return readPixelScale(values[pixelScale.column]!, columns[pixelScale.column]!)
}
