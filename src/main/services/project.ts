import { AppError } from '@shared/science/errors'
import type { Job } from '@shared/contract/job'
import type { LabellingSettings, Written } from '@shared/contract/labelling'
import type { LabelEvent, ProjectSummary, Queue, RoundRecord } from '@shared/contract/records'
import type { BatchRequest, LabelRequest, SplitRequest, UndoRequest } from '@shared/contract/requests'
import { projectFolder, type WritableDb } from '@main/catalogue/database'
import { saveJob } from '@main/catalogue/jobs'
import { appendBatch, appendLabel, passOf, readLabelLog } from '@main/catalogue/labels'
import { writeLabellingSettings } from '@main/catalogue/labelling-settings'
import { openCatalogue, withShortWait } from '@main/catalogue/open'
import { nextOpenPosition, readProgress, readQueue, type QueuePage } from '@main/catalogue/queue'
import { readQueueItem } from '@main/catalogue/queue-items'
import { readRounds } from '@main/catalogue/rounds'
import { runSplit } from '@main/catalogue/run-split'
import { revealVotes } from '@main/catalogue/splits'
import { readSummary } from '@main/catalogue/summary'
import { redoLatest, undoLatest } from '@main/catalogue/undo'
import { readView, type View } from '@main/catalogue/views'
import type { ComputeHandle } from '@main/jobs/compute-handle'
import { createJobRunner, type JobRunner } from '@main/jobs/runner'
import type { EngineName } from '@shared/contract/engine'
import { createJobClaim } from './job-claim'
import { createLoop, type Loop } from './loop'
import { runProjectJob } from './project-jobs'
import { createSearchService, type SearchService } from './search'
import { whenQuiet } from './when-quiet'

/** Counting takes longer than an entry: it waits for a pause between the keys, which is shorter than anyone looks at a galaxy. */
const COUNTS_WAIT = { quietMs: 400, mostMs: 60_000 }

/** An open project: what the window and the command line do with it. */
export type OpenProject = {
  readonly path: string
  readonly db: WritableDb
  readonly runner: JobRunner
  readonly loop: Loop
  readonly search: SearchService
  summary: () => ProjectSummary
  /** In a thread of its own: labels and everything else go on meanwhile. */
  split: (request: SplitRequest) => Promise<ProjectSummary>
  /** Throws `round/none` when no round is open. */
  queue: (annotator: string, page: QueuePage) => Queue
  nextOpen: (annotator: string, after: number, skipped: boolean) => number | null
  /** Returns after the commit. */
  label: (request: LabelRequest) => Written
  /** All of them or none, after the commit. */
  labelBatch: (request: BatchRequest) => Written
  /** Without events when there was nothing to take back. */
  undo: (request: UndoRequest) => Written
  /** Brings back what was undone last, unless something new was done since. */
  redo: (request: UndoRequest) => Written
  /** Changes what is named; gives all of them. */
  setLabelling: (changes: Partial<LabellingSettings>) => LabellingSettings
  labelLog: (query: { galaxyKey?: number | undefined; limit: number }) => LabelEvent[]
  revealVotes: (round: number) => number
  rounds: () => RoundRecord[]
  view: (galaxyKey: number, view: number) => View
  close: () => Promise<void>
}

type Surroundings = {
  compute: ComputeHandle
  engine: () => EngineName | null
  onJob: (job: Job) => void
  onChange: () => void
  /** Hears of the first of the entries that were added to the label log. */
  onLabels: (first: LabelEvent) => void
}

export function openProject(path: string, { compute, engine, onJob, onChange, onLabels }: Surroundings): OpenProject {
  const db = openCatalogue(path)
  const loop = createLoop(db, compute)
  const claim = createJobClaim(db)
  const changed = <T>(result: T): T => {
    onChange()
    return result
  }
  const countsChanged = whenQuiet(COUNTS_WAIT, onChange)
  const written = (write: () => LabelEvent[]): Written => {
    const events = withShortWait(db, write)
    const annotator = events[0]?.annotator
    if (events[0] !== undefined) {
      countsChanged()
      onLabels(events[0])
    }
    const progress = annotator === undefined ? null : readProgress(db, annotator)
    const keys = new Map(events.map((event) => [`${event.galaxyKey} ${passOf(db, event.uuid)}`, event]))
    const items = Array.from(keys.values(), (event) => readQueueItem(db, event.galaxyKey, event.annotator, passOf(db, event.uuid)))
    return { events, items, progress }
  }
  const runner = createJobRunner({
    work: async (job, context) => {
      const result = changed(await runProjectJob(job, context, db, loop))
      search.readAhead()
      return result
    },
    engine,
    save: (job) => saveJob(db, job),
    onChange: onJob,
    claim,
  })
  const search = createSearchService(db, projectFolder(db))
  let splitting: Promise<unknown> = Promise.resolve()
  return {
    path: projectFolder(db),
    db,
    runner,
    loop,
    search,
    summary: () => readSummary(db),
    split(request) {
      const done = runSplit(projectFolder(db), request).then(() => changed(readSummary(db)))
      splitting = done.catch(() => undefined)
      return done
    },
    queue: (annotator, page) => {
      const queue = readQueue(db, annotator, page)
      if (queue === null) throw new AppError('round/none', 'No round is open for labelling. Train and choose the next galaxies.')
      return queue
    },
    nextOpen: (annotator, after, skipped) => nextOpenPosition(db, annotator, after, skipped),
    label: (request) => written(() => [appendLabel(db, request)]),
    labelBatch: (request) => written(() => appendBatch(db, request)),
    undo: (request) => written(() => undoLatest(db, request)),
    redo: (request) => written(() => redoLatest(db, request)),
    setLabelling: (changes) => changed(writeLabellingSettings(db, changes)),
    labelLog: (query) => readLabelLog(db, query),
    revealVotes: (round) => changed(revealVotes(db, round)),
    rounds: () => readRounds(db),
    view: (galaxyKey, view) => readView(db, galaxyKey, view),
    async close() {
      await runner.close()
      await splitting
      await search.close()
      claim.release()
      db.close()
    },
  }
}
