import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import sharp from 'sharp'
import { afterAll } from 'vitest'
import { findTree } from '@shared/science/tree/built-in'
import { answerNames, type DecisionTree } from '@shared/science/tree/decision-tree'
import { openCatalogue, type WritableDb } from '@main/catalogue/open'
import { createProject } from '@main/catalogue/project'
import { decodeCounts } from '@main/catalogue/votes'

const folders: string[] = []
const open: WritableDb[] = []

afterAll(() => {
  for (const db of open.splice(0)) db.close()
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

/** A temporary folder, removed after the test file. */
export function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'galaxy-desk-ingest-'))
  folders.push(folder)
  return folder
}

export function writeFile(path: string, content: string | Uint8Array): string {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, content)
  return path
}

/** A table in a folder of its own. */
export function writeTable(lines: readonly string[], name = 'table.csv'): string {
  return writeFile(join(makeFolder(), name), lines.map((line) => `${line}\n`).join(''))
}

/** A new project with the tree of that id, and its open catalogue. */
export function makeProject(tree: string | DecisionTree): { path: string; db: WritableDb } {
  const path = createProject(join(makeFolder(), 'survey.galaxydesk'), typeof tree === 'string' ? findTree(tree) : tree)
  const db = openCatalogue(path)
  open.push(db)
  return { path, db }
}

/** A real image; its colour tells two apart. */
export function drawImage(format: 'jpeg' | 'png' | 'webp' | 'tiff', red = 20, widthPx = 64, heightPx = 48): Promise<Buffer> {
  const noise = Buffer.from(Uint8Array.from({ length: widthPx * heightPx * 3 }, (_, i) => (i * 7919 + red * 31) % 251))
  return sharp(noise, { raw: { width: widthPx, height: heightPx, channels: 3 } })
    .toFormat(format)
    .toBuffer()
}

type GalaxyRecord = { id: string; ra_deg: number | null; dec_deg: number | null; metadata: string }

export function galaxies(db: WritableDb): GalaxyRecord[] {
  return db.prepare<[], GalaxyRecord>('SELECT id, ra_deg, dec_deg, metadata FROM galaxies ORDER BY galaxy_key').all()
}

/** The votes above 0 of one galaxy in one vote set, by `question_answer`; null when it has none there. */
export function votesOf(db: WritableDb, tree: string, id: string, campaign = 'volunteers'): Record<string, number> | null {
  const counts = db
    .prepare<[string, string, string], Buffer>(
      `SELECT counts FROM votes JOIN galaxies USING (galaxy_key) JOIN vote_sets USING (vote_set_key) JOIN trees ON version = tree_version
       WHERE id = ? AND campaign = ? AND tree_id = ?`,
    )
    .pluck()
    .get(id, campaign, tree)
  if (counts === undefined) return null
  const votes_A = decodeCounts(counts)
  return Object.fromEntries(answerNames(findTree(tree)).flatMap((name, i) => (votes_A[i]! > 0 ? [[name, votes_A[i]!]] : [])))
}

/** How many rows every table of the catalogue holds, running imports included. */
export function rowCounts(db: WritableDb): Record<string, number> {
  const tables = db.prepare<[], string>("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name").pluck().all()
  return Object.fromEntries(tables.map((table) => [table, db.prepare<[], number>(`SELECT count(*) FROM "${table}"`).pluck().get()!]))
}

/** The error that a promise rejects with, which must be one. */
export async function errorOf(promise: Promise<unknown>): Promise<{ code: string; message: string }> {
  try {
    await promise
  } catch (error) {
    return error as { code: string; message: string }
  }
  throw new Error('nothing was thrown')
}
