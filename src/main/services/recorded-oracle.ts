import { AppError } from '@shared/science/errors'
import { readAcquisitions } from '@main/catalogue/acquisitions'
import type { WritableDb } from '@main/catalogue/database'
import { addRecordedVotes } from '@main/catalogue/recorded-votes'
import { latestRound } from '@main/catalogue/rounds'
import { revealVotes } from '@main/catalogue/splits'
import { projectTree } from '@main/catalogue/trees'
import { decodeCounts, projectVoteSet } from '@main/catalogue/votes'
import { openSource } from '@main/ingest/sources'

export type OracleOutcome = { round: number; galaxies: number; labelled: number }

/**
 * Labels the latest round from recorded votes: those in `table`, or, without one, those imported with the survey. Votes that the survey
 * lacks are added under the name of the annotator; votes that it has must agree. Errors: `round/none`, `label/no-votes`, `label/votes-differ`,
 * `import/duplicate-id`, and those of reading the table.
 */
export async function labelFromVotes(db: WritableDb, table: string | null, annotator: string | null): Promise<OracleOutcome> {
  const round = latestRound(db)
  if (round === null) throw new AppError('round/none', 'There is no round to label. Split the survey, or acquire galaxies.')
  const chosen = readAcquisitions(db, round)
  if (table !== null) await takeVotes(db, table, annotator ?? 'recorded', new Map(chosen.map(({ id, galaxyKey }) => [id, galaxyKey])))
  revealVotes(db, round)
  const isRevealed = db.prepare<[number], number>('SELECT 1 FROM revealed_votes WHERE galaxy_key = ?').pluck()
  return { round, galaxies: chosen.length, labelled: chosen.filter(({ galaxyKey }) => isRevealed.get(galaxyKey) === 1).length }
}

async function takeVotes(db: WritableDb, table: string, campaign: string, keys: ReadonlyMap<string, number>): Promise<void> {
  const { tree } = projectTree(db)
  const source = await openSource({ table }, tree, [tree])
  const voteSet = projectVoteSet(db)
  const known = db.prepare<[number, number], Buffer>('SELECT counts FROM votes WHERE vote_set_key = ? AND galaxy_key = ?').pluck()
  const added: { galaxyKey: number; counts_A: Uint16Array }[] = []
  const rowOf = new Map<number, number | null>()
  for await (const input of source.inputs()) {
    const galaxyKey = keys.get(input.id ?? '')
    if (galaxyKey === undefined) continue
    if ('code' in input)
      throw new AppError(`import/${input.code.replace(/^import\//, '')}`, `Row ${input.row} (${input.id}) of ${table}: ${input.message}`)
    const counts_A = input.votes.find((votes) => votes !== null)
    if (!counts_A) continue
    if (rowOf.has(galaxyKey)) {
      throw new AppError(
        'import/duplicate-id',
        `Galaxy ${input.id} is in rows ${rowOf.get(galaxyKey)} and ${input.row} of ${table}. Keep one of them.`,
      )
    }
    rowOf.set(galaxyKey, input.row)
    const stored = voteSet && known.get(voteSet.key, galaxyKey)
    if (!stored) added.push({ galaxyKey, counts_A })
    else if (decodeCounts(stored).join() !== counts_A.join()) {
      throw new AppError(
        'label/votes-differ',
        `Galaxy ${input.id} has other votes in the survey than in row ${input.row} of ${table}. Use the table that was imported.`,
      )
    }
  }
  if (rowOf.size === 0)
    throw new AppError(
      'label/no-votes',
      `${table} has no votes of any galaxy of this round. Check its id column and the names of its vote columns.`,
    )
  if (added.length > 0) addRecordedVotes(db, campaign, table, added)
}
