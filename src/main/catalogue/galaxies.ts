import { AppError } from '@shared/science/errors'
import type { ReadableDb } from './database'
import { keptStatement } from './statements'

/** A galaxy as its survey lists it. Null: unknown. */
export type Galaxy = { key: number; id: string; raDeg: number | null; decDeg: number | null; metadata: Record<string, string> }

type GalaxyRow = { galaxy_key: number; id: string; ra_deg: number | null; dec_deg: number | null; metadata: string }

const rowToGalaxy = (row: GalaxyRow): Galaxy => ({
  key: row.galaxy_key,
  id: row.id,
  raDeg: row.ra_deg,
  decDeg: row.dec_deg,
  metadata: JSON.parse(row.metadata) as Record<string, string>,
})

/** Throws `galaxy/unknown`. */
export function readGalaxy(db: ReadableDb, galaxyKey: number): Galaxy {
  const row = keptStatement<[number], GalaxyRow>(
    db,
    'SELECT galaxy_key, id, ra_deg, dec_deg, metadata FROM galaxies WHERE galaxy_key = ?',
  ).get(galaxyKey)
  if (row === undefined) throw new AppError('galaxy/unknown', `This project has no galaxy number ${galaxyKey}.`)
  return rowToGalaxy(row)
}

/** The galaxy of this id; null when there is none. */
export function findGalaxy(db: ReadableDb, id: string): Galaxy | null {
  const row = db.prepare<[string], GalaxyRow>('SELECT galaxy_key, id, ra_deg, dec_deg, metadata FROM galaxies WHERE id = ?').get(id)
  return row === undefined ? null : rowToGalaxy(row)
}

/** A page of galaxies in the order of their keys, those after `afterKey`. */
export function listGalaxies(db: ReadableDb, afterKey: number, limit: number): Galaxy[] {
  return db
    .prepare<[number, number], GalaxyRow>(
      'SELECT galaxy_key, id, ra_deg, dec_deg, metadata FROM galaxies WHERE galaxy_key > ? ORDER BY galaxy_key LIMIT ?',
    )
    .all(afterKey, limit)
    .map(rowToGalaxy)
}
