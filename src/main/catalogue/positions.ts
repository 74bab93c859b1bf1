import type { ReadableDb, WritableDb } from './database'
import { skyGroups } from './sky-groups'

/** The keys of galaxies that share a sky group with another, mapped to the group: the smallest key in it. */
export type SkyGroupByKey = ReadonlyMap<number, number>

/** Matches the positions of all visible galaxies, and of the import `importKey` when given, with each other. */
export function findSkyGroups(db: ReadableDb, importKey: number | null = null): SkyGroupByKey {
  const rows = db
    .prepare<[number | null], [number, number, number]>(
      `SELECT galaxy_key, ra_deg, dec_deg FROM all_galaxies
       WHERE ra_deg IS NOT NULL AND dec_deg IS NOT NULL
         AND import_key IN (SELECT import_key FROM imports WHERE completed_at IS NOT NULL OR import_key = ?)
       ORDER BY galaxy_key`,
    )
    .raw()
    .all(importKey)
  const groups = skyGroups(
    Float64Array.from(rows, ([, raDeg]) => raDeg),
    Float64Array.from(rows, ([, , decDeg]) => decDeg),
  )
  const byKey = new Map<number, number>()
  groups.forEach((first, i) => {
    if (first === i) return
    const group = rows[first]![0]
    byKey.set(group, group).set(rows[i]![0], group)
  })
  return byKey
}

/** Keeps the groups with the galaxies. Call inside a transaction. */
export function keepSkyGroups(db: WritableDb, groups: SkyGroupByKey): void {
  const update = db.prepare('UPDATE all_galaxies SET sky_group = :group WHERE galaxy_key = :key AND sky_group IS NOT :group')
  for (const [key, group] of groups) update.run({ key, group })
}
