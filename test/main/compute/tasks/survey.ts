import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import sharp from 'sharp'
import type { GalaxyImage } from '@main/catalogue/views'
import type { TaskContext } from '@main/compute/tasks/context'
import { checksumOf } from '@main/compute/tasks/current-images'
import type { OpenModel } from '@main/compute/tasks/model-folder'
import { modelCardSchema } from '@shared/contract/records'
import type { EngineName } from '@shared/contract/engine'
import { createRandom } from '@shared/science/stats/random'
import { tinyNetwork } from '../training/support'

/** Writes an image that follows from `seed`, and gives its checksum. */
export async function writeImage(path: string, seed: number): Promise<string> {
  const random = createRandom(seed, 'image')
  const pixels = Uint8Array.from({ length: 20 * 20 * 3 }, () => random.integer(256))
  const file = await sharp(pixels, { raw: { width: 20, height: 20, channels: 3 } })
    .png()
    .toBuffer()
  writeFileSync(path, file)
  return checksumOf(file)
}

/** A survey of `count` small images in `folder`. */
export async function makeSurvey(folder: string, count: number): Promise<GalaxyImage[]> {
  mkdirSync(folder, { recursive: true })
  const galaxyKeys = Array.from({ length: count }, (_, i) => i + 1)
  return Promise.all(
    galaxyKeys.map(async (galaxyKey) => {
      const path = join(folder, `${galaxyKey}.png`)
      return { galaxyKey, id: `galaxy-${galaxyKey}`, path, checksum: await writeImage(path, galaxyKey) }
    }),
  )
}

/** A model of the tiny network, as it lies in the folder of a project; `seed` makes its weights. */
export function tinyModel(projectPath: string, seed = 1): OpenModel {
  const folder = join(projectPath, 'models', 'model-1')
  mkdirSync(folder, { recursive: true })
  const network = tinyNetwork({}, seed)
  const card = modelCardSchema.parse({
    id: 'model-1',
    network: network.name,
    parent: null,
    round: 0,
    treeId: 'rings',
    treeVersion: '1',
    outputs: ['ring_yes', 'ring_no'],
    likelihood: network.likelihood,
    sizePx: network.sizePx,
    batch: 8,
    epochs: 1,
    bestEpoch: 1,
    bestValidationLoss: null,
    seed,
    engine: 'cpu',
    trainingGalaxies: 0,
    validationGalaxies: 0,
    combine: 'replace',
    expertWeight: 1,
    trainedPart: 'all',
    trainingSeconds: 0,
    parameters: 1,
    createdAt: '2026-01-01T00:00:00Z',
    weightsSha256: String(seed).repeat(64),
  })
  return { card, network, folder }
}

export function taskContext(
  engine: EngineName,
  onProgress: TaskContext['onProgress'] = () => undefined,
  signal = new AbortController().signal,
): TaskContext {
  return { engine: { engine, engines: [], advice: '' }, signal, onProgress }
}
