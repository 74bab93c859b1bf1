import { randomUUID } from 'node:crypto'
import { createWriteStream, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createRandom } from '@shared/science/stats/random'
import { findTree } from '@shared/science/tree/built-in'
import { answerNames, questionRanges } from '@shared/science/tree/decision-tree'
import { appendLabel } from '@main/catalogue/labels'
import { openCatalogue } from '@main/catalogue/open'
import { createProject } from '@main/catalogue/project'
import { runImportIn } from '@main/ingest/run-import'
import { buildEntry } from './build-entry'

const tree = findTree('gz-decals-dr5')
/** An expert in a hurry answers about once a second; twenty times that leaves no doubt. */
const LABEL_EVERY_MS = 50
const MEGABYTE = 1024 * 1024

/** One row of votes: 18-digit id, position, counts and totals of every question, three columns of metadata. */
function* votesTable(rows: number, prefix: string): Generator<string> {
  const random = createRandom(1)
  const ranges = questionRanges(tree)
  yield `dr7objid,ra,dec,${answerNames(tree).join(',')},${ranges.map(({ question }) => `${question.name}_total-votes`).join(',')},redshift,petro_r90,mag_r\n`
  for (let row = 0; row < rows; row++) {
    const totals: number[] = []
    const counts = ranges.flatMap(({ start, end }) => {
      const votes = Array.from({ length: end - start }, () => Math.floor(random.next() * 12))
      totals.push(votes.reduce((sum, count) => sum + count, 0))
      return votes
    })
    const position = `${(random.next() * 360).toFixed(6)},${(Math.asin(2 * random.next() - 1) * (180 / Math.PI)).toFixed(6)}`
    const rest = `${random.next().toFixed(4)},${(random.next() * 20).toFixed(3)},${(14 + random.next() * 4).toFixed(3)}`
    yield `${prefix}${String(row).padStart(10, '0')},${position},${counts.join(',')},${totals.join(',')},${rest}\n`
  }
}

async function* inPieces(lines: Iterable<string>): AsyncGenerator<string> {
  let piece = ''
  for (const line of lines) {
    piece += line
    if (piece.length < MEGABYTE) continue
    yield piece
    piece = ''
  }
  yield piece
}

const writeVotes = (path: string, rows: number, prefix: string) =>
  pipeline(Readable.from(inPieces(votesTable(rows, prefix))), createWriteStream(path))

/**
 * Imports a table of a million galaxies in its thread while this one saves a label every 50 ms, as the main process does, and tells the time, the
 * peak memory of the whole process, and how long the labels took.
 */
export async function run(root: string, rows = '1000000'): Promise<Record<string, number>> {
  const folder = mkdtempSync(join(tmpdir(), 'galaxy-desk-bench-'))
  const worker = await buildEntry(root, 'catalogue-thread/entry.ts')
  try {
    const project = createProject(join(folder, 'survey.galaxydesk'), tree)
    const table = join(folder, 'votes.csv')
    await writeVotes(table, 1_000, '58773257')
    await runImportIn(worker, { projectPath: project, params: { table } })
    await writeVotes(table, Number(rows), '58773258')

    const db = openCatalogue(project)
    const keys = db.prepare<[], number>('SELECT galaxy_key FROM galaxies').pluck().all()
    const savedMs: number[] = []
    const lateMs: number[] = []
    let due = performance.now() + LABEL_EVERY_MS
    const labelling = setInterval(() => {
      const begun = performance.now()
      lateMs.push(Math.max(0, begun - due))
      due = begun + LABEL_EVERY_MS
      const galaxyKey = keys[savedMs.length % keys.length]!
      appendLabel(db, {
        uuid: randomUUID(),
        galaxyKey,
        kind: 'answer',
        question: 'smooth-or-featured',
        answer: 'smooth',
        annotator: 'bench',
      })
      savedMs.push(performance.now() - begun)
    }, LABEL_EVERY_MS)
    const rss = [process.memoryUsage.rss()]
    const watching = setInterval(() => rss.push(process.memoryUsage.rss()), 200)
    const started = performance.now()
    const report = await runImportIn(worker, { projectPath: project, params: { table } })
    const seconds = (performance.now() - started) / 1000
    clearInterval(labelling)
    clearInterval(watching)
    const labels = db.prepare<[], number>('SELECT count(*) FROM labels').pluck().get()!
    db.close()
    if (report.imported !== Number(rows))
      throw new Error(`${report.imported} of ${rows} rows imported: ${JSON.stringify(report.refused[0])}`)
    if (labels !== savedMs.length) throw new Error(`${labels} of ${savedMs.length} labels are in the log`)
    const rank = (values: number[], share: number) =>
      Math.round([...values].sort((a, b) => a - b)[Math.floor((values.length - 1) * share)]! * 10) / 10
    return {
      rows: report.imported,
      tableMb: Math.round(statSync(table).size / MEGABYTE),
      catalogueMb: Math.round(statSync(join(project, 'catalogue.sqlite')).size / MEGABYTE),
      seconds: Math.round(seconds * 10) / 10,
      rowsPerSecond: Math.round(report.imported / seconds),
      rssBeforeMb: Math.round(rss[0]! / MEGABYTE),
      rssHalfwayMb: Math.round(rss[Math.floor(rss.length / 2)]! / MEGABYTE),
      rssPeakMb: Math.round(Math.max(...rss) / MEGABYTE),
      labelsSaved: labels,
      labelMedianMs: rank(savedMs, 0.5),
      labelP95Ms: rank(savedMs, 0.95),
      labelMaxMs: rank(savedMs, 1),
      timerLateP95Ms: rank(lateMs, 0.95),
    }
  } finally {
    for (const made of [folder, dirname(worker)]) rmSync(made, { recursive: true, force: true })
  }
}
