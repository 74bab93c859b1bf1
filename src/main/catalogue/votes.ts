import { AppError } from '@shared/science/errors'
import { answerNames } from '@shared/science/tree/decision-tree'
import type { ReadableDb, WritableDb } from './database'
import { readSetting, writeSetting } from './settings'
import { projectTree, readTree } from './trees'

/** The largest count of one answer: votes are kept as 16-bit whole numbers. */
export const MOST_VOTES = 65_535

/** The votes of one campaign's volunteers for one version of a tree. Campaigns are kept apart and never mixed silently. */
export type VoteSet = { readonly key: number; readonly campaign: string; readonly treeVersion: string }

/** The counts [A] in the tree's order as they are kept: unsigned 16-bit, little-endian. Throws a plain Error for what is no such count. */
export function encodeCounts(counts_A: ArrayLike<number>): Buffer {
  const bytes = Buffer.alloc(counts_A.length * 2)
  for (let i = 0; i < counts_A.length; i++) {
    const count = counts_A[i]!
    if (!Number.isInteger(count) || count < 0 || count > MOST_VOTES) throw new Error(`${count} is no vote count of 0..${MOST_VOTES}`)
    bytes.writeUInt16LE(count, i * 2)
  }
  return bytes
}

/** The counts [A] of a kept blob. */
export function decodeCounts(bytes: Uint8Array): Uint16Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const counts_A = new Uint16Array(bytes.byteLength >> 1)
  for (let i = 0; i < counts_A.length; i++) counts_A[i] = view.getUint16(i * 2, true)
  return counts_A
}

/**
 * The vote set of this campaign and tree version, made if it is new. During an import, call it after
 * `beginImport`: what an import leaves without votes is removed with it.
 */
export function ensureVoteSet(db: WritableDb, campaign: string, treeVersion: string): VoteSet {
  return db
    .transaction((): VoteSet => {
      db.prepare('INSERT INTO vote_sets (campaign, tree_version) VALUES (?, ?) ON CONFLICT DO NOTHING').run(campaign, treeVersion)
      return voteSets(db).find((set) => set.campaign === campaign && set.treeVersion === treeVersion)!
    })
    .immediate()
}

export function voteSets(db: ReadableDb): VoteSet[] {
  return db
    .prepare<[], VoteSet>('SELECT vote_set_key AS key, campaign, tree_version AS treeVersion FROM vote_sets ORDER BY vote_set_key')
    .all()
}

/**
 * The one vote set that training and measuring use: the chosen one, else the first for the project's tree; null when there is none with
 * visible votes.
 */
export function projectVoteSet(db: ReadableDb): VoteSet | null {
  const { version } = projectTree(db)
  const chosen = readSetting(db, 'voteSet') as number | undefined
  const filled = db.prepare<[number], number>('SELECT EXISTS (SELECT 1 FROM votes WHERE vote_set_key = ?)').pluck()
  const usable = voteSets(db).filter((set) => set.treeVersion === version && filled.get(set.key) === 1)
  return usable.find((set) => set.key === chosen) ?? usable[0] ?? null
}

/** Chooses the vote set that training and measuring use. Throws `votes/other-tree` for one of another tree than the project's. */
export function chooseVoteSet(db: WritableDb, key: number): void {
  const set = voteSets(db).find((candidate) => candidate.key === key)
  if (set?.treeVersion !== projectTree(db).version) {
    throw new AppError(
      'votes/other-tree',
      `Vote set ${key} is not one of this project's tree. Choose a campaign that asked the same questions.`,
    )
  }
  writeSetting(db, 'voteSet', key)
}

/** All recorded votes of a galaxy, hidden or not, answer by answer: for the review of a galaxy only, never for training or the Label view. */
export function recordedVotes(db: ReadableDb, galaxyKey: number): { campaign: string; votes: Record<string, number> }[] {
  return db
    .prepare<[number], { campaign: string; treeVersion: string; counts: Buffer }>(
      `SELECT campaign, tree_version AS treeVersion, counts FROM votes JOIN vote_sets USING (vote_set_key)
       WHERE galaxy_key = ? ORDER BY vote_set_key`,
    )
    .all(galaxyKey)
    .map(({ campaign, treeVersion, counts }) => {
      const counts_A = decodeCounts(counts)
      return { campaign, votes: Object.fromEntries(answerNames(readTree(db, treeVersion)).map((name, i) => [name, counts_A[i]!])) }
    })
}
