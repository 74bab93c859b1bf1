import { randomUUID } from 'node:crypto'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { appendLabel } from '@main/catalogue/labels'
import { openCatalogue } from '@main/catalogue/open'
import { createProject } from '@main/catalogue/project'
import { runImport } from '@main/ingest/run-import'
import type { SideSettings } from '../protocol'
import type { Prepared, RoundResult } from './index'
import { surveyTree } from './support-tree'
import { writeVotesTable } from './votes-table'

/** An expert in a hurry answers about once a second; twenty times that leaves no doubt. */
const LABEL_EVERY_MS = 50
const GALAXIES_BEFORE = 1_000

/** Imports in the thread while this one saves a label every 50 ms, as the main process does. How late the timer comes tells whether this thread waits. */
export async function prepareImportBesideLabels({ folder, rows }: SideSettings): Promise<Prepared> {
  const [before, table] = [join(folder, 'before.csv'), join(folder, 'votes.csv')]
  await writeVotesTable(before, GALAXIES_BEFORE, '58773257')
  await writeVotesTable(table, rows, '58773258')
  return {
    about: {
      program: 'galaxy-desk import',
      unit: 'table',
      notes: [`${rows.toLocaleString('en')} rows, a label every ${LABEL_EVERY_MS} ms`],
    },
    round: async () => {
      const path = join(folder, 'survey.galaxydesk')
      const project = createProject(path, surveyTree)
      await runImport(project, { table: before })
      const result = await importBesideLabels(project, table, rows)
      rmSync(path, { recursive: true, force: true })
      return result
    },
  }
}

async function importBesideLabels(project: string, table: string, rows: number): Promise<RoundResult> {
  const db = openCatalogue(project)
  try {
    const keys = db.prepare<[], number>('SELECT galaxy_key FROM galaxies').pluck().all()
    const savedMs: number[] = []
    const lateMs: number[] = []
    let due = performance.now() + LABEL_EVERY_MS
    const labelling = setInterval(() => {
      const begun = performance.now()
      lateMs.push(Math.max(0, begun - due))
      due = begun + LABEL_EVERY_MS
      const galaxyKey = keys[savedMs.length % keys.length]!
      const answer = { kind: 'answer', question: 'smooth-or-featured', answer: 'smooth', annotator: 'bench' } as const
      appendLabel(db, { uuid: randomUUID(), galaxyKey, ...answer })
      savedMs.push(performance.now() - begun)
    }, LABEL_EVERY_MS)
    const startedAt = performance.now()
    const { imported, refused } = await runImport(project, { table })
    const elapsedMs = performance.now() - startedAt
    clearInterval(labelling)
    const labels = db.prepare<[], number>('SELECT count(*) FROM labels').pluck().get()!
    if (imported !== rows) throw new Error(`${imported} of ${rows} rows imported: ${JSON.stringify(refused[0])}`)
    if (labels !== savedMs.length) throw new Error(`${labels} of ${savedMs.length} labels are in the log`)
    const longest = savedMs.length > 0 ? [Math.max(...savedMs)] : []
    return { times: { '': [elapsedMs], 'label saved meanwhile': savedMs, 'longest of a round': longest, 'timer late': lateMs } }
  } finally {
    db.close()
  }
}
