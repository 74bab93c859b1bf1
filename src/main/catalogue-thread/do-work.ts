import { assertNever } from '@shared/science/errors'
import { openCatalogue } from '@main/catalogue/open'
import { splitSurvey } from '@main/catalogue/splits'
import { importSurvey, type ImportOptions } from '@main/ingest/import'
import type { CatalogueWork, WorkResult } from './messages'

/** How work reports and is stopped. A split does neither: it takes seconds. */
export type WorkOptions = Omit<ImportOptions, 'jobId'>

/** Does the work in this thread, with a connection of its own. */
export async function doWork(work: CatalogueWork, options: WorkOptions): Promise<WorkResult<CatalogueWork['kind']>> {
  const db = openCatalogue(work.projectPath)
  try {
    switch (work.kind) {
      case 'import':
        return await importSurvey(db, work.params, { ...options, jobId: work.jobId })
      case 'split':
        return splitSurvey(db, work.request)
      default:
        return assertNever(work)
    }
  } finally {
    db.close()
  }
}
