import { resolve } from 'node:path'
import { AppError } from '@shared/science/errors'
import type { ImportParams } from '@shared/contract/job'
import type { DecisionTree } from '@shared/science/tree/decision-tree'
import { fixedPixelScale, planColumns } from './columns/columns'
import type { VotePlan } from './columns/vote-plan'
import { listImages, requireFolder } from './images/list-images'
import { locateImage } from './images/read-image'
import { makeRowReader, type GalaxyInput } from './read-row'
import { isFault, type Refusal } from './refusal'
import { openTable } from './table/table-reader'

/**
 * Where the galaxies of an import come from. `inputs` can be walked once. `imagePath`: where the image of a galaxy should lie, null for one
 * that has none.
 */
export type Source = {
  readonly estimate: number
  readonly inputs: () => AsyncIterable<GalaxyInput | Refusal>
  readonly imagePath: ((galaxy: GalaxyInput) => Promise<string | null>) | null
  readonly votes: VotePlan
  readonly notes: readonly string[]
}

const noVotes: VotePlan = { sets: [], totals: [], contested: [], indicator: null, used: new Set(), notes: [] }

/** Opens the table, or the folder of images, that `params` names. Errors of the whole are thrown here, before anything is written. */
export async function openSource(params: ImportParams, tree: DecisionTree, knownTrees: readonly DecisionTree[]): Promise<Source> {
  if (params.table !== undefined) return openTableSource(params, params.table, tree, knownTrees)
  if (params.images !== undefined) return openFolderSource(params, params.images)
  throw new AppError('import/nothing', 'Nothing to import. Name a table with --table, a folder of images with --images, or both.')
}

async function openTableSource(
  params: ImportParams,
  path: string,
  tree: DecisionTree,
  knownTrees: readonly DecisionTree[],
): Promise<Source> {
  const table = await openTable(resolve(path))
  const plan = planColumns(table.columns, params, tree, knownTrees)
  const notes = [...plan.notes]
  const folder = params.images === undefined ? null : resolve(params.images)
  const file = plan.file === null ? null : plan.columns[plan.file]!
  if (folder !== null) await requireFolder(folder)
  if (folder !== null) notes.push(file === null ? 'Images: found by id, no column names them.' : `Images: named by column "${file}".`)
  else if (file !== null) notes.push(`Images: none. Column "${file}" names them, but no folder of images was given (--images).`)
  const read = makeRowReader(plan)
  async function* inputs(): AsyncGenerator<GalaxyInput | Refusal> {
    for await (const row of table.rows()) {
      const galaxy = read(row)
      yield isFault(galaxy) ? { row: row.row, id: galaxy.id, code: galaxy.code, message: galaxy.message } : galaxy
    }
  }
  return {
    estimate: await table.estimateRows(),
    inputs,
    imagePath:
      folder === null
        ? null
        : async (galaxy) => (file !== null && galaxy.file === null ? null : locateImage(folder, galaxy.file, galaxy.id)),
    votes: plan.votes,
    notes,
  }
}

async function openFolderSource(params: ImportParams, images: string): Promise<Source> {
  const pixelScaleArcsec = params.pixelScale === undefined ? null : fixedPixelScale(params.pixelScale)
  const column = [
    params.idColumn,
    params.fileColumn,
    params.raColumn,
    params.decColumn,
    pixelScaleArcsec === null ? params.pixelScale : undefined,
  ].find((name) => name !== undefined)
  if (column !== undefined)
    throw new AppError('import/missing-column', `"${column}" names a column, but there is no table. Give one with --table.`)
  const listed = await listImages(resolve(images))
  async function* inputs(): AsyncGenerator<GalaxyInput> {
    for (const { id, path } of listed)
      yield { row: null, id, raDeg: null, decDeg: null, file: path, pixelScaleArcsec, votes: [], metadata: {} }
  }
  return {
    estimate: listed.length,
    inputs,
    imagePath: async ({ file }) => file,
    votes: noVotes,
    notes: ['Id: the name of the image, without its ending.', 'Votes: none, no table was given.'],
  }
}
