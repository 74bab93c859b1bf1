import { existsSync } from 'node:fs'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import { z } from 'zod'
import { drawParameters } from '@shared/science/simulate/draw'
import { renderGalaxy } from '@shared/science/simulate/render'
import { listImages } from '@main/ingest/images/list-images'

const SEED = 1
const JPEG_QUALITY = 92
/** Drawing a galaxy takes longer than reading it: a larger survey repeats these. */
const MOST_DRAWN = 256

/** Where images come from: the user's folder, or null for simulated galaxies, drawn once into `scratch`. */
export type ImageOrigin = { imageFolder: string | null; scratch: string; onProgress: (text: string) => void }

const listPath = (folder: string) => join(folder, 'images.json')

/**
 * Writes into `folder` the list of `galaxies` images that both sides read: those of the user's folder, or simulated galaxies as JPEG of `sizePx`,
 * repeated where there are fewer. Throws `import/no-images`.
 */
export async function writeImageList(folder: string, galaxies: number, sizePx: number, origin: ImageOrigin): Promise<void> {
  const { imageFolder } = origin
  const files =
    imageFolder === null
      ? await drawImages(Math.min(galaxies, MOST_DRAWN), sizePx, origin)
      : (await listImages(imageFolder)).map(({ path }) => path)
  await writeFile(listPath(folder), JSON.stringify(Array.from({ length: galaxies }, (_, i) => files[i % files.length]!)))
}

/** The list that `writeImageList` wrote. */
export async function readImageList(folder: string): Promise<string[]> {
  return z.array(z.string()).parse(JSON.parse(await readFile(listPath(folder), 'utf8')))
}

/** Simulated galaxies as JPEG of `sizePx`, all different, kept in `scratch` for whoever asks again. */
export async function drawImages(
  count: number,
  sizePx: number,
  { scratch, onProgress }: Omit<ImageOrigin, 'imageFolder'>,
): Promise<string[]> {
  const made = join(scratch, `images-${sizePx}`)
  await mkdir(made, { recursive: true })
  const raw = { width: sizePx, height: sizePx, channels: 3 } as const
  const files = Array.from({ length: count }, (_, index) => join(made, `${index}.jpg`))
  for (const [index, path] of files.entries()) {
    if (existsSync(path)) continue
    if (index % 32 === 0) onProgress(`drawing galaxies of ${sizePx} px: ${index}/${count}`)
    await sharp(renderGalaxy(drawParameters(SEED, index), sizePx), { raw })
      .jpeg({ quality: JPEG_QUALITY })
      .toFile(`${path}.part`)
    await rename(`${path}.part`, path)
  }
  return files
}
