import { createHash } from 'node:crypto'
import type { ReadableDb } from '@main/catalogue/database'
import { listModels } from '@main/catalogue/models'
import { areCutOff } from '@main/catalogue/predictions'
import { projectTree, type VersionedTree } from '@main/catalogue/trees'
import { projectVoteSet, type VoteSet } from '@main/catalogue/votes'
import { readGalaxyRows, type GalaxyRows } from './galaxy-rows'
import type { Shelf } from './shelf'

/** How the catalogue stands: what tells whether something that was read from it is still so. */
export type Standing = {
  readonly rows: GalaxyRows
  readonly tree: VersionedTree
  /** The sequence of the newest entry of the label log. */
  readonly labelSequence: number
  /** The completed imports, whose number tells whether there is a new one: none ever goes. */
  readonly imports: readonly number[]
  /** Of what was imported and when: another one after a backup was put in the catalogue's place, too. */
  readonly importsStamp: string
  readonly voteSet: VoteSet | null
  /** Held out and revealed galaxies: both only become more. */
  readonly sides: { readonly heldOut: number; readonly revealed: number }
  /** The rounds in order. Galaxies of one change only when the next is opened. */
  readonly rounds: readonly number[]
  /** The models whose predictions are all there, oldest first. */
  readonly models: readonly PredictingModel[]
}

/** `stamp` changes with the predictions; `outputs` are answers (`question_answer`). */
export type PredictingModel = { readonly id: string; readonly outputs: readonly string[]; readonly stamp: string }

/** Tells how the catalogue stands now; the same object as before where nothing that matters here has changed. */
export function standingReader(db: ReadableDb, shelf: Shelf): () => Standing {
  let standing: Standing | null = null
  let version = -1
  return () => {
    // Another number than before: another connection has committed. This one never writes.
    const now = db.pragma('data_version', { simple: true }) as number
    if (standing !== null && now === version) return standing
    version = now
    const read = db.transaction(() => readStanding(db, shelf, standing))()
    if (standing === null || read.rows !== standing.rows || facts(read) !== facts(standing)) standing = read
    return standing
  }
}

function facts(standing: Standing): string {
  return JSON.stringify({ ...standing, rows: null })
}

function readStanding(db: ReadableDb, shelf: Shelf, before: Standing | null): Standing {
  const one = (sql: string) => db.prepare<[], number>(sql).pluck().get()!
  const completed = db
    .prepare<[], { key: number }>(
      'SELECT import_key AS "key", completed_at, galaxies FROM imports WHERE completed_at IS NOT NULL ORDER BY import_key',
    )
    .all()
  const imports = completed.map(({ key }) => key)
  const importsStamp = digest(JSON.stringify(completed))
  const hasNewImport = before?.imports.length !== imports.length
  return {
    rows: hasNewImport ? readGalaxyRows(db, shelf, importsStamp, before?.rows) : before.rows,
    tree: projectTree(db),
    labelSequence: one('SELECT coalesce(max(sequence), 0) FROM labels'),
    imports,
    importsStamp,
    voteSet: projectVoteSet(db),
    sides: { heldOut: one('SELECT count(*) FROM held_out'), revealed: one('SELECT count(*) FROM revealed_votes') },
    rounds: db.prepare<[], number>('SELECT round FROM rounds ORDER BY round').pluck().all(),
    models: predictingModels(db),
  }
}

const digest = (text: string) => createHash('sha256').update(text).digest('base64url')

/**
 * [Note: Whether predictions have changed] The rows of a model's predictions carry no sequence, and counting a million of them takes long. They are
 * written by jobs, all of a model's from the first key to the last: whatever was read before the last one is known by that one, its values included,
 * and a job that began or ended says so as well.
 */
function predictingModels(db: ReadableDb): PredictingModel[] {
  const lastOf = db.prepare<[string], { key: number; values: string }>(
    'SELECT galaxy_key AS key, hex(fractions) AS "values" FROM predictions WHERE model_id = ? ORDER BY galaxy_key DESC LIMIT 1',
  )
  const jobs = db
    .prepare<[], string>("SELECT job_id || state FROM jobs WHERE kind IN ('predict', 'round', 'sample') ORDER BY created_at")
    .pluck()
    .all()
  const jobsDigest = digest(jobs.join())
  return listModels(db).flatMap(({ id, outputs, createdAt }) => {
    const last = areCutOff(db, id) ? undefined : lastOf.get(id)
    return last === undefined ? [] : [{ id, outputs, stamp: `${createdAt} ${last.key} ${last.values} ${jobsDigest}` }]
  })
}
