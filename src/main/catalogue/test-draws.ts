import { createRandom } from '@shared/science/stats/random'
import type { WritableDb } from './database'
import { handledGalaxies } from './labelled'
import { readSplit } from './split-record'
import { LEAST_TEST_GALAXIES, testVotes } from './test-votes'
import { projectVoteSet } from './votes'

/** Where no volunteers voted, one test galaxy for so many chosen ones: the fifth part of the expert's work is the honest yardstick. */
const CHOSEN_PER_TEST = 4

/**
 * Draws test galaxies for the expert to label blind in `round` and gives them places in its queue, one at a random place in every block of
 * five: nothing tells them from galaxies drawn at random. Returns the places (counted from 1) that are left for the `chosen` galaxies.
 * Draws none where enough test galaxies have recorded votes: those measure already. Call inside the transaction that opens the round.
 */
export function placeTestGalaxies(db: WritableDb, round: number, chosen: number): number[] {
  const split = readSplit(db)
  const drawn = split === null || testVotes(db) >= LEAST_TEST_GALAXIES ? [] : drawTestGalaxies(db, createRandom(split.seed, 'test-draws', round), chosen)
  const random = createRandom(split?.seed ?? 0, 'test-places', round)
  const insert = db.prepare('INSERT INTO test_draws (galaxy_key, round, place) VALUES (?, ?, ?)')
  const taken = new Set<number>()
  drawn.forEach((key, block) => {
    const place = 1 + Math.min(block * (CHOSEN_PER_TEST + 1) + random.integer(CHOSEN_PER_TEST + 1), chosen + block)
    taken.add(place)
    insert.run(key, round, place)
  })
  return Array.from({ length: chosen + drawn.length }, (_, i) => i + 1).filter((place) => !taken.has(place))
}

/** Test galaxies with an image and without votes that no one labelled or skipped yet. One that was drawn for an earlier round and left is drawn again. */
function drawTestGalaxies(db: WritableDb, random: ReturnType<typeof createRandom>, chosen: number): number[] {
  const handled = handledGalaxies(db)
  const waiting = db
    .prepare<[number | null], number>(
      `SELECT galaxy_key FROM held_out JOIN views USING (galaxy_key) WHERE side = 'test' AND view = 1
         AND NOT EXISTS (SELECT 1 FROM votes WHERE vote_set_key = ? AND votes.galaxy_key = held_out.galaxy_key) ORDER BY galaxy_key`,
    )
    .pluck()
    .all(projectVoteSet(db)?.key ?? null)
    .filter((key) => !handled.has(key))
  const drawn = random.sample(waiting, Math.min(waiting.length, Math.ceil(chosen / CHOSEN_PER_TEST)))
  const forget = db.prepare('DELETE FROM test_draws WHERE galaxy_key = ?')
  for (const key of drawn) forget.run(key)
  return drawn
}
