import { createRandom } from '@shared/science/stats/random'
import { answerNames } from '@shared/science/tree/decision-tree'
import { beginImport, completeImport, IMPORT_BATCH, insertImportBatch, type ImportedImage, type ImportRow } from '@main/catalogue/imports'
import { openCatalogue } from '@main/catalogue/open'
import { createProject } from '@main/catalogue/project'
import { projectTree } from '@main/catalogue/trees'
import { ensureVoteSet } from '@main/catalogue/votes'
import { SEED, surveyTree } from './support-tree'

/** `image`: that of a galaxy by its place in the survey; made up where it is left out. */
export type SurveyOptions = { image?: (place: number) => ImportedImage }

/**
 * A project with a simulated survey: votes on every question, on the footprint of DECaLS, one galaxy in fifty catalogued twice, with two columns of
 * an imported table. It is written as an import writes it.
 */
export function makeSurvey(path: string, galaxies: number, options: SurveyOptions = {}): void {
  createProject(path, surveyTree)
  const db = openCatalogue(path)
  try {
    const running = beginImport(db, {})
    const voteSetKey = ensureVoteSet(db, 'recorded', projectTree(db).version).key
    const rows = simulatedRows(galaxies, voteSetKey, options)
    for (let done = 0; done < galaxies; done += IMPORT_BATCH) {
      const batch: ImportRow[] = []
      while (batch.length < Math.min(IMPORT_BATCH, galaxies - done)) batch.push(rows.next().value!)
      insertImportBatch(db, running, batch)
    }
    completeImport(db, running, { imported: galaxies, refused: [], refusedCount: 0, notes: [] })
  } finally {
    db.close()
  }
}

function* simulatedRows(galaxies: number, voteSetKey: number, { image }: SurveyOptions): Generator<ImportRow, undefined> {
  const random = createRandom(SEED, 'bench')
  const answers = answerNames(surveyTree).length
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
      metadata: { redshift: random.uniform(0, 0.2).toFixed(4), mag_r: random.uniform(13, 18).toFixed(3) },
      image: image?.(i) ?? {
        ...{ path: `/survey/${id}.jpg`, checksum: id.padStart(64, '0') },
        ...{ pixelScaleArcsec: 0.262, widthPx: 424, heightPx: 424 },
      },
      votes: [{ voteSetKey, counts_A: Array.from({ length: answers }, () => random.integer(40)) }],
    }
  }
  return undefined
}
