import { join } from 'node:path'
import { AppError } from '@shared/science/errors'
import type { ImportParams, JobProgress } from '@shared/contract/job'
import type { ImportReport } from '@shared/contract/requests'
import { builtInTrees } from '@shared/science/tree/built-in'
import { projectFolder, type WritableDb } from '@main/catalogue/database'
import { insertExtraViews, type ExtraViewFault } from '@main/catalogue/extra-views'
import { abortImport, beginImport, completeImport, insertImportBatch, type ImportRow, type RunningImport } from '@main/catalogue/imports'
import { ensureTree, projectTree } from '@main/catalogue/trees'
import { ensureVoteSet } from '@main/catalogue/votes'
import { readImage, type ImageFile } from './images/read-image'
import { createPositionCheck, type PositionCheck } from './images/position-check'
import { createScaleCheck, type ScaleCheck } from './images/scale-check'
import { mapBounded } from './map-bounded'
import { createProgress } from './progress'
import type { GalaxyInput } from './read-row'
import { fault, isFault, type Refusal } from './refusal'
import { createRefusalLog, MOST_IN_REPORT } from './refusal-log'
import { openSource, type Source } from './sources'
import { createTally } from './tally'

export type ImportOptions = {
  onProgress?: ((progress: JobProgress) => void) | undefined
  signal?: AbortSignal | undefined
  /** The job that it is for, kept with the import. */
  jobId?: string | undefined
}

/**
 * Rows of one transaction: a label waits for it. Of 2,000, 1,000 and 500 rows the smallest kept labels waiting least and was as
 * fast (bench import-labels). With images, reading them is what takes time.
 */
const ROWS_PER_BATCH = 500
const IMAGES_PER_BATCH = 256
const IMAGES_IN_FLIGHT = 8

/**
 * Imports a table, a folder of images, or a table with its images into the open project, and reports what it took, what it refused and why.
 * Nothing of it is visible before it ends, and nothing stays when it fails, is cancelled (`job/cancelled`) or finds no galaxy to take. Memory
 * does not grow with the table. Errors of the table as a whole (`import/…`) are thrown before anything is written; a bad row is refused.
 */
export async function importSurvey(
  db: WritableDb,
  params: ImportParams,
  { onProgress, signal, jobId }: ImportOptions = {},
): Promise<ImportReport> {
  const source = await openSource(params, projectTree(db).tree, builtInTrees)
  if (params.view !== undefined && source.imagePath === null)
    throw new AppError('import/no-images', 'Further views are images. Name their folder with --images.')
  stopIfAborted(signal)
  const running = beginImport(db, params, jobId === undefined ? undefined : { jobId })
  const refusals = createRefusalLog(join(projectFolder(db), 'logs', `import-${running.importKey}-refused.csv`))
  const tally = createTally(source.votes)
  const scales = createScaleCheck()
  const positions = createPositionCheck()
  const progress = createProgress('Importing galaxies', source.estimate, onProgress ?? (() => undefined))
  let isOpen = true
  try {
    const write =
      params.view === undefined
        ? makeBatchWriter(db, running, source, { scales, positions })
        : makeViewWriter(db, running, params.view, scales)
    let imported = 0
    let seen = 0
    for await (const batch of batches(source.inputs(), source.imagePath === null ? ROWS_PER_BATCH : IMAGES_PER_BATCH)) {
      const looked = await lookAtImages(batch, source, signal, () => progress.to(++seen))
      const { taken, refused } = write(looked)
      for (const { galaxy, image } of taken) tally.add(galaxy, image !== null)
      imported += taken.length
      refusals.add(refused)
    }
    stopIfAborted(signal)
    const notes = [...source.notes, ...tally.notes(), ...scales.notes(), ...positions.notes(), ...describeRefusals(refusals)]
    const report: ImportReport = { imported, refused: [...refusals.first], refusedCount: refusals.total(), notes }
    if (imported === 0) abortImport(db, running)
    else completeImport(db, running, report)
    isOpen = false
    progress.end()
    return report
  } catch (error) {
    if (isOpen) abortImport(db, running)
    refusals.discard()
    throw error
  }
}

type Looked = { galaxy: GalaxyInput; image: ImageFile | null }

async function lookAtImages(
  batch: readonly (GalaxyInput | Refusal)[],
  { imagePath }: Source,
  signal: AbortSignal | undefined,
  onDone: () => void,
) {
  return mapBounded(batch, IMAGES_IN_FLIGHT, async (input): Promise<Looked | Refusal> => {
    stopIfAborted(signal)
    const looked = isFault(input) ? input : await withImage(input, imagePath)
    onDone()
    return looked
  })
}

async function withImage(galaxy: GalaxyInput, imagePath: Source['imagePath']): Promise<Looked | Refusal> {
  const path = imagePath === null ? null : await imagePath(galaxy)
  if (path === null) return { galaxy, image: null }
  const image = await readImage(path)
  return isFault(image) ? { row: galaxy.row, id: galaxy.id, code: image.code, message: image.message } : { galaxy, image }
}

type Checks = { scales: ScaleCheck; positions: PositionCheck }

/** Writes what was looked at in one transaction; refusals come back in the order of the rows. */
function makeBatchWriter(db: WritableDb, running: RunningImport, { votes: plan }: Source, { scales, positions }: Checks) {
  const importOf = db.prepare<[string], number>('SELECT import_key FROM all_galaxies WHERE id = ?').pluck()
  const voteSetKeys = new Map<number, number>()
  const voteSetKey = (set: number) => {
    const { campaign, tree } = plan.sets[set]!
    const key = voteSetKeys.get(set) ?? ensureVoteSet(db, campaign, ensureTree(db, tree)).key
    voteSetKeys.set(set, key)
    return key
  }
  const toRow = ({ galaxy, image }: Looked): ImportRow => ({
    id: galaxy.id,
    ...positions.positionOf(galaxy, image),
    metadata: galaxy.metadata,
    image: image && { ...image, pixelScaleArcsec: scales.scaleOf(galaxy, image) },
    votes: galaxy.votes.flatMap((counts_A, set) => (counts_A === null ? [] : [{ voteSetKey: voteSetKey(set), counts_A }])),
  })
  return (looked: readonly (Looked | Refusal)[]): { taken: Looked[]; refused: Refusal[] } => {
    const fit = looked.filter((item): item is Looked => !isFault(item))
    const { duplicates } = insertImportBatch(db, running, fit.map(toRow))
    const repeated = new Set(duplicates.map((position) => fit[position]!))
    const refused = looked.flatMap((item): Refusal[] => {
      if (isFault(item)) return [item]
      return repeated.has(item) ? [repeats(item.galaxy, importOf.get(item.galaxy.id) === running.importKey)] : []
    })
    return { taken: fit.filter((item) => !repeated.has(item)), refused }
  }
}

/** Writes further views of galaxies that are there; an image of no galaxy, or of a view that is taken, is refused. */
function makeViewWriter(db: WritableDb, running: RunningImport, view: number, scales: ScaleCheck) {
  return (looked: readonly (Looked | Refusal)[]): { taken: Looked[]; refused: Refusal[] } => {
    const fit = looked.filter((item): item is Looked => !isFault(item))
    const rows = fit.map(({ galaxy, image }) => ({
      id: galaxy.id,
      image: image && { ...image, pixelScaleArcsec: scales.scaleOf(galaxy, image) },
    }))
    const faults = insertExtraViews(db, running, view, rows)
    const reasonOf = new Map([...faults].map(([position, why]) => [fit[position]!, why]))
    const refused = looked.flatMap((item): Refusal[] => {
      if (isFault(item)) return [item]
      const why = reasonOf.get(item)
      return why === undefined ? [] : [viewRefused(item.galaxy, view, why)]
    })
    return { taken: fit.filter((item) => !reasonOf.has(item)), refused }
  }
}

function viewRefused({ row, id }: GalaxyInput, view: number, why: ExtraViewFault): Refusal {
  const refusal =
    why === 'unknown'
      ? fault(
          'unknown-galaxy',
          `The project has no galaxy ${id}, so this image is no view of one. Import the galaxy first, or correct the id.`,
        )
      : fault('duplicate-view', `Galaxy ${id} has a view ${view} already. Give these images another number with --view.`)
  return { row, id, ...refusal }
}

function repeats({ row, id, file }: GalaxyInput, isInThisImport: boolean): Refusal {
  const where = isInThisImport
    ? row === null
      ? 'another image of the folder'
      : 'an earlier row of the table'
    : 'a galaxy that the project already has'
  const what =
    row === null
      ? `The image ${file} has the id ${id}, which is that of ${where}. Rename it.`
      : `The id ${id} is that of ${where}. Remove this row, or give it another id.`
  return { row, id, ...fault('duplicate-id', what) }
}

function describeRefusals({ countByCode, total, path }: ReturnType<typeof createRefusalLog>): string[] {
  if (total() === 0) return []
  const counts = [...countByCode].map(([code, count]) => `${count} × ${code}`).join(', ')
  const capped = total() > MOST_IN_REPORT ? ` The first ${MOST_IN_REPORT} are listed here.` : ''
  return [`Refused: ${counts}. All of them are in ${path}.${capped}`]
}

async function* batches<T>(items: AsyncIterable<T>, size: number): AsyncGenerator<T[]> {
  let batch: T[] = []
  for await (const item of items) {
    batch.push(item)
    if (batch.length < size) continue
    yield batch
    batch = []
  }
  if (batch.length > 0) yield batch
}

function stopIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new AppError('job/cancelled', 'The import was cancelled. Nothing of it was kept.')
}
