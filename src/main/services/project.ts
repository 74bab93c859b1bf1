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
import { undoLatest, type UndoRequest } from '@main/catalogue/undo'
import { readView, type View } from '@main/catalogue/views'
import type { ComputeHandle } from '@main/jobs/compute-handle'
import { createJobRunner, type JobRunner } from '@main/jobs/runner'
import type { EngineName } from '@shared/contract/engine'
import { createJobClaim } from './job-claim'
import { createLoop, type Loop } from './loop'
import { runProjectJob } from './project-jobs'

export type Saved = { event: LabelEvent; item: QueueItem }

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
  undo: (request: UndoRequest) => { event: LabelEvent | null; item: QueueItem | null }
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
      return { event, item: readQueueItem(db, request.galaxyKey, request.annotator) }
    },
    undo: (request) => {
      const event = undoLatest(db, request)
      return { event, item: event && readQueueItem(db, event.galaxyKey, request.annotator) }
    },
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
