import { basename } from 'node:path'
import type { ProjectSummary } from '@shared/contract/records'
import { projectFolder, type ReadableDb } from './database'
import { answeredGalaxies } from './labelled'
import { latestModel } from './models'
import { readOpenRound } from './rounds'
import { readSplit } from './split-record'
import { projectTree } from './trees'
import { projectVoteSet } from './votes'

/**
 * The project in figures. `labelled` are the pool galaxies that training may use: an expert answered about them, or their votes were
 * revealed; `pool` are all others that are not held out. `testLabelled` are the test galaxies that an error can be measured on.
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
  const answered = answeredGalaxies(db)
  const hasVotes = db.prepare<[number | null, number], number>('SELECT 1 FROM votes WHERE vote_set_key = ? AND galaxy_key = ?').pluck()
  const held = db.prepare<[number], string>('SELECT side FROM held_out WHERE galaxy_key = ?').pluck()
  const isRevealed = db.prepare<[number], number>('SELECT 1 FROM revealed_votes WHERE galaxy_key = ?').pluck()
  const count = (sql: string, ...values: unknown[]) =>
    db
      .prepare<unknown[], number>(sql)
      .pluck()
      .get(...values)!
  const countVotedTests = "SELECT count(*) FROM held_out JOIN votes USING (galaxy_key) WHERE side = 'test' AND vote_set_key = ?"
  let testLabelled = voteSet === null ? 0 : count(countVotedTests, voteSet.key)
  let labelled = count('SELECT count(*) FROM revealed_votes')
  for (const key of answered) {
    const side = held.get(key)
    if (side === 'test' && hasVotes.get(voteSet?.key ?? null, key) === undefined) testLabelled++
    if (side === undefined && isRevealed.get(key) === undefined) labelled++
  }
  return {
    path: folder,
    name: basename(folder, '.galaxydesk'),
    tree: mutableTree(db),
    counts: {
      ...imported,
      pool: imported.galaxies - count('SELECT count(*) FROM held_out') - labelled,
      labelled,
      test: count("SELECT count(*) FROM held_out WHERE side = 'test'"),
      testLabelled,
    },
    splitSeed: readSplit(db)?.seed ?? null,
    hasVotes: voteSet !== null,
    openRound: readOpenRound(db),
    latestModel: latestModel(db)?.id ?? null,
  }
}

function mutableTree(db: ReadableDb): ProjectSummary['tree'] {
  const { id, questions } = projectTree(db).tree
  return { id, questions: questions.map(({ name, answers, after }) => ({ name, answers: [...answers], after: [...after] })) }
}
