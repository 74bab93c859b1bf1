import { randomUUID } from 'node:crypto'
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createRandom } from '@shared/science/stats/random'
import { findTree } from '@shared/science/tree/built-in'
import { answerNames } from '@shared/science/tree/decision-tree'
import { beginImport, completeImport, IMPORT_BATCH, insertImportBatch, type ImportRow } from '@main/catalogue/imports'
import { appendLabel } from '@main/catalogue/labels'
import { openCatalogue, type WritableDb } from '@main/catalogue/open'
import { createProject } from '@main/catalogue/project'
import { readQueue } from '@main/catalogue/queue'
import { readQueueItem } from '@main/catalogue/queue-items'
import { openRound, readRounds } from '@main/catalogue/rounds'
import { readSummary } from '@main/catalogue/summary'
import { readCandidates } from '@main/catalogue/training-set'
import { projectTree } from '@main/catalogue/trees'
import { ensureVoteSet } from '@main/catalogue/votes'
import { runWorkIn } from '@main/catalogue-thread/run'
import { buildEntry } from './build-entry'

const tree = findTree('gz-decals-dr5')
const LABELS = 5_000
const READS = 40
const NOTE_EVERY_MS = 50
const MEGABYTE = 1024 * 1024

/**
 * Times what a survey of `galaxies` asks of the catalogue: the split, with a fifth of it for testing and a fifth revealed, in its thread while notes
 * are saved, and then, with 5,000 galaxies labelled, what the window reads again and again. Processor time tells more than the clock beside other work. The survey is simulated on the footprint of DECaLS, one galaxy in fifty catalogued
 * twice. A `folder` keeps the survey before the split for the next run.
 */
export async function run(root: string, galaxies = '1000000', folder?: string): Promise<Record<string, unknown>> {
  const made = folder ?? mkdtempSync(join(tmpdir(), 'galaxy-desk-bench-'))
  mkdirSync(made, { recursive: true })
  const survey = join(made, `survey-${galaxies}.galaxydesk`)
  const project = join(made, 'split.galaxydesk')
  const thread = await buildEntry(root, 'catalogue-thread/entry.ts')
  try {
    if (!existsSync(survey)) makeSurvey(survey, Number(galaxies))
    rmSync(project, { recursive: true, force: true })
    cpSync(survey, project, { recursive: true })
    const db = openCatalogue(project)
    try {
      return await measure(db, project, thread)
    } finally {
      db.close()
    }
  } finally {
    for (const path of [folder === undefined ? made : project, dirname(thread)]) rmSync(path, { recursive: true, force: true })
  }
}

function makeSurvey(path: string, galaxies: number): void {
  createProject(path, tree)
  const db = openCatalogue(path)
  const running = beginImport(db, {})
  const voteSetKey = ensureVoteSet(db, 'recorded', projectTree(db).version).key
  const rows = simulatedRows(galaxies, voteSetKey)
  for (let done = 0; done < galaxies; done += IMPORT_BATCH) {
    const batch: ImportRow[] = []
    while (batch.length < Math.min(IMPORT_BATCH, galaxies - done)) batch.push(rows.next().value!)
    insertImportBatch(db, running, batch)
  }
  completeImport(db, running, { imported: galaxies, refused: [], refusedCount: 0, notes: [] })
  db.close()
}

function* simulatedRows(galaxies: number, voteSetKey: number): Generator<ImportRow, undefined> {
  const random = createRandom(1, 'bench')
  const answers = answerNames(tree).length
  let [raDeg, decDeg] = [0, 0]
  for (let i = 0; i < galaxies; i++) {
    if (i % 50 === 49) decDeg += 1 / 3600
    else [raDeg, decDeg] = [random.uniform(0, 360), random.uniform(-18, 32)]
    // Ids in an order that is not that of the rows, as in a real survey.
    const id = `5877${String((i * 7919) % 10_000_019).padStart(14, '0')}`
    yield {
      id,
      raDeg,
      decDeg,
      metadata: {},
      image: { path: `/survey/${id}.jpg`, pixelScaleArcsec: 0.262, widthPx: 424, heightPx: 424, checksum: id.padStart(64, '0') },
      votes: [{ voteSetKey, counts_A: Array.from({ length: answers }, () => random.integer(40)) }],
    }
  }
  return undefined
}

/** The split in its thread, while this one saves a note every 50 ms, as the main process might. */
async function splitBesideNotes(db: WritableDb, project: string, thread: string): Promise<Record<string, unknown>> {
  const savedMs: number[] = []
  const note = { galaxyKey: 1, kind: 'note' as const, note: 'a tidal tail', annotator: 'bench' }
  const saving = setInterval(() => savedMs.push(timed(() => appendLabel(db, { ...note, uuid: randomUUID() }))[1]), NOTE_EVERY_MS)
  const cpuBefore = process.cpuUsage()
  const started = performance.now()
  const request = { test: 0.2, initial: 0.25, seed: 1 }
  const outcome = await runWorkIn(thread, { kind: 'split', projectPath: project, request })
  const seconds = (performance.now() - started) / 1000
  const cpu = process.cpuUsage(cpuBefore)
  clearInterval(saving)
  return { ...outcome, seconds: rounded(seconds), cpuSeconds: rounded((cpu.user + cpu.system) / 1e6), noteMs: ranks(savedMs) }
}

async function measure(db: WritableDb, project: string, thread: string): Promise<Record<string, unknown>> {
  const fileMb = () => Math.round(statSync(join(project, 'catalogue.sqlite')).size / MEGABYTE)
  const beforeMb = fileMb()
  const split = await splitBesideNotes(db, project, thread)
  const picks = []
  for (const { galaxyKey } of readCandidates(db)) {
    picks.push({ galaxyKey, score: 1, isRandom: false, inclusionProbability: null, parts: {} })
    if (picks.length === LABELS) break
  }
  openRound(db, { strategy: 'mutual-information', modelId: null, seed: 1, params: {} }, picks)
  const labelled = picks.map(
    ({ galaxyKey }) =>
      timed(() => {
        const entry = { uuid: randomUUID(), galaxyKey, question: 'smooth-or-featured', answer: 'smooth', annotator: 'bench' }
        appendLabel(db, { ...entry, kind: 'answer' })
        return readQueueItem(db, galaxyKey, 'bench')
      })[1],
  )
  const again = (read: () => unknown) => {
    const cpuBefore = process.cpuUsage()
    const times = ranks(Array.from({ length: READS }, () => timed(read)[1]))
    const cpu = process.cpuUsage(cpuBefore)
    return { ...times, meanCpu: rounded((cpu.user + cpu.system) / 1000 / READS) }
  }
  return {
    split,
    catalogueMb: { before: beforeMb, after: fileMb() },
    counts: readSummary(db).counts,
    summaryMs: again(() => readSummary(db)),
    roundsMs: again(() => readRounds(db)),
    queueMs: again(() => readQueue(db, 'bench')),
    labelMs: ranks(labelled),
  }
}

function timed<T>(work: () => T): [T, number] {
  const started = performance.now()
  const result = work()
  return [result, performance.now() - started]
}

function ranks(timesMs: number[]): { median: number; p95: number; longest: number } {
  const sorted = timesMs.toSorted((a, b) => a - b)
  const at = (share: number) => rounded(sorted[Math.floor((sorted.length - 1) * share)]!)
  return { median: at(0.5), p95: at(0.95), longest: at(1) }
}

function rounded(value: number): number {
  return Math.round(value * 10) / 10
}
