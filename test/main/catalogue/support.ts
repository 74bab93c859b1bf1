import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect } from 'vitest'
import type { LabelRequest } from '@shared/contract/requests'
import type { DecisionTree } from '@shared/science/tree/decision-tree'
import { parseTree } from '@shared/science/tree/parse-tree'
import { beginImport, completeImport, insertImportBatch, type ImportRow } from '@main/catalogue/imports'
import { openCatalogue, type WritableDb } from '@main/catalogue/open'
import { savePredictions } from '@main/catalogue/predictions'
import { createProject } from '@main/catalogue/project'
import { projectTree } from '@main/catalogue/trees'
import { ensureVoteSet } from '@main/catalogue/votes'

/** Two levels and a second root: enough for answers that drop others. */
export const smallTree: DecisionTree = parseTree({
  id: 'small',
  questions: [
    { name: 'smooth', answers: ['yes', 'no', 'artifact'] },
    { name: 'edge-on', answers: ['yes', 'no'], after: ['smooth_no'] },
    { name: 'bar', answers: ['yes', 'no'], after: ['edge-on_no'] },
    { name: 'odd', answers: ['yes', 'no'] },
  ],
})
export const SMALL_TREE_ANSWERS = 9

const folders: string[] = []
const opened: WritableDb[] = []

afterEach(() => {
  for (const db of opened.splice(0)) db.close()
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'catalogue-'))
  folders.push(folder)
  return folder
}

export function newProject(tree = smallTree): { path: string; db: WritableDb } {
  const path = createProject(join(temporaryFolder(), 'survey.galaxydesk'), tree)
  return { path, db: reopened(path) }
}

/** A connection that is closed after the test. */
export function reopened(path: string): WritableDb {
  const db = openCatalogue(path)
  opened.push(db)
  return db
}

export function row(id: string, change: Partial<ImportRow> = {}): ImportRow {
  const image = { path: `/survey/${id}.jpg`, pixelScaleArcsec: 0.4, widthPx: 424, heightPx: 424, checksum: `sum-${id}` }
  return { id, raDeg: null, decDeg: null, metadata: {}, image, votes: [], ...change }
}

export const emptyReport = { imported: 0, refused: [], refusedCount: 0, notes: [] }

export function importRows(db: WritableDb, rows: readonly ImportRow[]): void {
  const running = beginImport(db, {})
  for (let start = 0; start < rows.length; start += 5_000) insertImportBatch(db, running, rows.slice(start, start + 5_000))
  completeImport(db, running, emptyReport)
}

export type SurveyOptions = { count: number; votes?: (index: number) => readonly number[] | null; tree?: DecisionTree }

/** A project with galaxies g1, g2, … that have images, and votes of campaign "recorded" where `votes` gives some. */
export function surveyProject({ count, votes, tree }: SurveyOptions): { path: string; db: WritableDb } {
  const project = newProject(tree)
  const voteSetKey = votes === undefined ? 0 : ensureVoteSet(project.db, 'recorded', projectTree(project.db).version).key
  const rows = Array.from({ length: count }, (_, i) => {
    const counts_A = votes?.(i)
    return row(`g${i + 1}`, counts_A ? { votes: [{ voteSetKey, counts_A }] } : {})
  })
  importRows(project.db, rows)
  return project
}

/** Predicts half of everything for the first 5,000 galaxy keys and some more, and is cut off after the first 5,000. */
export async function predictCutOff(db: WritableDb, modelId: string, outputs: number): Promise<void> {
  const keys = Int32Array.from({ length: 5_010 }, (_, i) => i + 1)
  db.exec("CREATE TEMP TRIGGER cut BEFORE INSERT ON predictions WHEN NEW.galaxy_key > 5000 BEGIN SELECT RAISE(ABORT, 'cut off'); END")
  await expect(savePredictions(db, modelId, keys, new Float32Array(keys.length * outputs).fill(0.5))).rejects.toThrow('cut off')
  db.exec('DROP TRIGGER cut')
}

let uuids = 0
export function nextUuid(): string {
  return `00000000-0000-4000-8000-${String(++uuids).padStart(12, '0')}`
}

export function answerOf(galaxyKey: number, question: string, answer: string, annotator = 'ada'): LabelRequest {
  return { uuid: nextUuid(), galaxyKey, kind: 'answer', question, answer, annotator, durationMs: 900 }
}
