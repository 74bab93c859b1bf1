import type { WritableDb } from './database'
import { keepTestVotes } from './test-votes'
import { encodeCounts, ensureVoteSet, projectVoteSet } from './votes'
import { projectTree } from './trees'

/**
 * Adds votes to galaxies that are in the survey already, in one transaction: to the votes that training uses or, in a project without any, as
 * those of `campaign`. They are recorded, not used, until `revealVotes`. `source` says where they come from.
 */
export function addRecordedVotes(
  db: WritableDb,
  campaign: string,
  source: string,
  rows: readonly { galaxyKey: number; counts_A: ArrayLike<number> }[],
): void {
  const at = new Date().toISOString()
  db.transaction(() => {
    const voteSet = projectVoteSet(db) ?? ensureVoteSet(db, campaign, projectTree(db).version)
    const { lastInsertRowid } = db
      .prepare('INSERT INTO imports (params, started_at, completed_at, report, with_votes) VALUES (?, ?, ?, ?, ?)')
      .run(
        JSON.stringify({ table: source }),
        at,
        at,
        JSON.stringify({ imported: 0, refused: [], refusedCount: 0, notes: [`Votes of ${campaign}.`] }),
        rows.length,
      )
    const insert = db.prepare('INSERT INTO all_votes (vote_set_key, galaxy_key, counts, import_key) VALUES (?, ?, ?, ?)')
    for (const { galaxyKey, counts_A } of rows) insert.run(voteSet.key, galaxyKey, encodeCounts(counts_A), lastInsertRowid)
    keepTestVotes(db)
  }).immediate()
}
