import { AppError } from '@shared/science/errors'
import type { Job } from '@shared/contract/job'
import type { LabelEvent, ProjectSummary, Queue, QueueItem, RoundRecord } from '@shared/contract/records'
import type { LabelRequest, SplitRequest } from '@shared/contract/requests'
import { projectFolder, type WritableDb } from '@main/catalogue/database'
import { saveJob } from '@main/catalogue/jobs'
import { appendLabel, readLabelLog } from '@main/catalogue/labels'
import { openCatalogue } from '@main/catalogue/open'
import { readQueue, readQueueItem } from '@main/catalogue/queue'
import { readRounds } from '@main/catalogue/rounds'
import { runSplit } from '@main/catalogue/run-split'
import { revealVotes } from '@main/catalogue/splits'
import { readSummary } from '@main/catalogue/summary'
import { redoLatest, undoLatest, type UndoRequest } from '@main/catalogue/undo'
import { readView, type View } from '@main/catalogue/views'
import type { ComputeHandle } from '@main/jobs/compute-handle'
import { createJobRunner, type JobRunner } from '@main/jobs/runner'
import type { EngineName } from '@shared/contract/engine'
import { atMostEvery } from './at-most-every'
import { createJobClaim } from './job-claim'
import { createLoop, type Loop } from './loop'
import { runProjectJob } from './project-jobs'

/** Labels come faster than counts need to be read again. */
const COUNTS_EVERY_MS = 1_000

export type Saved = { event: LabelEvent; item: QueueItem }
/** Null when there was nothing to take back, or to bring back. */
export type Undone = { event: LabelEvent | null; item: QueueItem | null }

/** An open project: what the window and the command line do with it. */
export type OpenProject = {
  readonly path: string
  readonly db: WritableDb
  readonly runner: JobRunner
  readonly loop: Loop
  summary: () => ProjectSummary
  /** In a thread of its own: labels and everything else go on meanwhile. */
  split: (request: SplitRequest) => Promise<ProjectSummary>
  /** Throws `round/none` when no round is open. */
  queue: (annotator: string) => Queue
  /** Returns after the commit. */
  label: (request: LabelRequest) => Saved
  undo: (request: UndoRequest) => Undone
  /** Brings back what was undone last, unless something new was done since. */
  redo: (request: UndoRequest) => Undone
  labelLog: (query: { galaxyKey?: number | undefined; limit: number }) => LabelEvent[]
  revealVotes: (round: number) => number
  rounds: () => RoundRecord[]
  view: (galaxyKey: number, view: number) => View
  close: () => Promise<void>
}

type Surroundings = { compute: ComputeHandle; engine: () => EngineName | null; onJob: (job: Job) => void; onChange: () => void }

export function openProject(path: string, { compute, engine, onJob, onChange }: Surroundings): OpenProject {
  const db = openCatalogue(path)
  const loop = createLoop(db, compute)
  const claim = createJobClaim(db)
  const changed = <T>(result: T): T => {
    onChange()
    return result
  }
  const countsChanged = atMostEvery(COUNTS_EVERY_MS, onChange)
  const undone = (event: LabelEvent | null): Undone => {
    if (event === null) return { event, item: null }
    countsChanged()
    return { event, item: readQueueItem(db, event.galaxyKey, event.annotator) }
  }
  const runner = createJobRunner({
    work: async (job, context) => changed(await runProjectJob(job, context, db, loop)),
    engine,
    save: (job) => saveJob(db, job),
    onChange: onJob,
    claim,
  })
  let splitting: Promise<unknown> = Promise.resolve()
  return {
    path: projectFolder(db),
    db,
    runner,
    loop,
    summary: () => readSummary(db),
    split(request) {
      const done = runSplit(projectFolder(db), request).then(() => changed(readSummary(db)))
      splitting = done.catch(() => undefined)
      return done
    },
    queue: (annotator) => {
      const queue = readQueue(db, annotator)
      if (queue === null) throw new AppError('round/none', 'No round is open for labelling. Train and choose the next galaxies.')
      return queue
    },
    label: (request) => {
      const event = appendLabel(db, request)
      countsChanged()
      return { event, item: readQueueItem(db, request.galaxyKey, request.annotator) }
    },
    undo: (request) => undone(undoLatest(db, request)),
    redo: (request) => undone(redoLatest(db, request)),
    labelLog: (query) => readLabelLog(db, query),
    revealVotes: (round) => changed(revealVotes(db, round)),
    rounds: () => readRounds(db),
    view: (galaxyKey, view) => readView(db, galaxyKey, view),
    async close() {
      await runner.close()
      await splitting
      claim.release()
      db.close()
    },
  }
}
