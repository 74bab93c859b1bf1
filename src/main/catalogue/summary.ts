import { basename } from 'node:path'
import type { ProjectSummary } from '@shared/contract/records'
import { projectFolder, type ReadableDb } from './database'
import { answeredGalaxies } from './labelled'
import { latestModel } from './models'
import { readOpenRound } from './rounds'
import { readSplit } from './split-record'
import { testVotes, yardstickOf } from './test-votes'
import { projectTree } from './trees'
import { projectVoteSet } from './votes'

/**
 * The project in figures. `labelled` are the pool galaxies that training may use: an expert answered about them, or their votes were
 * revealed; `pool` are all others that are not held out. `testLabelled` are the test galaxies that an error can be measured on.
 * The window asks often: nothing here looks up galaxies one by one but those that experts labelled.
 */
export function readSummary(db: ReadableDb): ProjectSummary {
  const folder = projectFolder(db)
  const imported = db
    .prepare<[], { galaxies: number; withImages: number; withVotes: number }>(
      `SELECT coalesce(sum(galaxies), 0) AS galaxies, coalesce(sum(with_images), 0) AS withImages, coalesce(sum(with_votes), 0) AS withVotes
       FROM imports WHERE completed_at IS NOT NULL`,
    )
    .get()!
  const voteSet = projectVoteSet(db)
  const byVotes = testVotes(db)
  const byExpert = countAnswered(db, voteSet?.key ?? null)
  const count = (from: string) => db.prepare<[], number>(`SELECT count(*) FROM ${from}`).pluck().get()!
  const heldOut = count('held_out')
  const labelled = count('revealed_votes') + byExpert.pool
  return {
    path: folder,
    name: basename(folder, '.galaxydesk'),
    tree: mutableTree(db),
    counts: {
      ...imported,
      pool: imported.galaxies - heldOut - labelled,
      labelled,
      test: heldOut - count("held_out WHERE side = 'excluded'"),
      testLabelled: yardstickOf(byVotes, byExpert.test) === 'volunteers' ? byVotes : byExpert.test,
    },
    splitSeed: readSplit(db)?.seed ?? null,
    hasVotes: voteSet !== null,
    openRound: readOpenRound(db),
    latestModel: latestModel(db)?.id ?? null,
  }
}

/** The galaxies that an expert answered about and whose votes do not count already: those of the pool, and those of the test set. */
function countAnswered(db: ReadableDb, voteSetKey: number | null): { pool: number; test: number } {
  return db
    .prepare<{ keys: string; voteSetKey: number | null }, { pool: number; test: number }>(
      `SELECT count(*) FILTER (WHERE side IS NULL AND revealed_votes.galaxy_key IS NULL) AS pool,
         count(*) FILTER (WHERE side = 'test' AND NOT EXISTS
           (SELECT 1 FROM votes WHERE vote_set_key = :voteSetKey AND votes.galaxy_key = answered.value)) AS test
       FROM json_each(:keys) AS answered
       LEFT JOIN held_out ON held_out.galaxy_key = answered.value
       LEFT JOIN revealed_votes ON revealed_votes.galaxy_key = answered.value`,
    )
    .get({ keys: JSON.stringify([...answeredGalaxies(db)]), voteSetKey })!
}

function mutableTree(db: ReadableDb): ProjectSummary['tree'] {
  const { id, questions } = projectTree(db).tree
  return { id, questions: questions.map(({ name, answers, after }) => ({ name, answers: [...answers], after: [...after] })) }
}
