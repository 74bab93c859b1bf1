import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { createProject } from '@main/catalogue/project'
import { runImport } from '@main/ingest/run-import'
import type { SideSettings } from '../protocol'
import type { Prepared } from './index'
import { surveyTree } from './support-tree'
import { writeVotesTable } from './votes-table'

/** The votes of a survey into a new project each round, in the thread that imports. */
export async function prepareImport({ folder, rows }: SideSettings): Promise<Prepared> {
  const table = join(folder, 'votes.csv')
  await writeVotesTable(table, rows, '58773258')
  return {
    about: { program: 'galaxy-desk import', unit: 'table', values: [rows], notes: [`${rows.toLocaleString('en')} rows`] },
    round: async () => {
      const path = join(folder, 'survey.galaxydesk')
      const project = createProject(path, surveyTree)
      const startedAt = performance.now()
      const { imported, refused } = await runImport(project, { table })
      const elapsedMs = performance.now() - startedAt
      if (imported !== rows) throw new Error(`${imported} of ${rows} rows imported: ${JSON.stringify(refused[0])}`)
      rmSync(path, { recursive: true, force: true })
      return { times: { '': [elapsedMs] } }
    },
  }
}
