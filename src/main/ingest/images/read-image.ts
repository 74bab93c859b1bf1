import { createHash } from 'node:crypto'
import { access, readFile } from 'node:fs/promises'
import { basename, isAbsolute, join } from 'node:path'
import sharp from 'sharp'
import { AppError } from '@shared/science/errors'
import { footprintOf, type Footprint } from '@main/images/fits/footprint'
import { fitsEndings, isFitsName, readFitsLayout } from '@main/images/fits/read-fits'
import { fault, type Fault } from '../refusal'
import { isWholeImage } from './end-marker'

/** The endings of image files that are read. */
export const imageEndings: readonly string[] = ['.jpg', '.jpeg', '.png', '.webp', '.tif', '.tiff', ...fitsEndings]

export function isImageName(name: string): boolean {
  return imageEnding(name) !== null
}

/** The name of an image file without its ending, of which `.fits.gz` is one; the whole name where the ending is none of an image. */
export function imageStem(name: string): string {
  return name.slice(0, name.length - (imageEnding(name)?.length ?? 0))
}

function imageEnding(name: string): string | null {
  return imageEndings.find((ending) => name.toLowerCase().endsWith(ending)) ?? null
}

/** An image file as the catalogue keeps it. `checksum`: SHA-256 of the file, hexadecimal. `pixelScaleArcsec` and `footprint`: where the file itself says them. */
export type ImageFile = {
  readonly path: string
  readonly widthPx: number
  readonly heightPx: number
  readonly checksum: string
  readonly pixelScaleArcsec?: number | null
  readonly footprint?: Footprint | null
}

/** Reads an image file once: its checksum, its size and whether it is whole. Faults: `import/image-missing`, `import/image-unreadable`. */
export async function readImage(path: string): Promise<ImageFile | Fault> {
  let file: Buffer
  try {
    file = await readFile(path)
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return imageMissing(path)
    return fault('image-unreadable', `The image ${path} cannot be read (${codeOf(error)}).`)
  }
  if (file.length === 0) return fault('image-unreadable', `The image ${path} is empty (0 bytes). Get it again.`)
  const checksum = createHash('sha256').update(file).digest('hex')
  if (isFitsName(path)) return readFitsImage(path, file, checksum)
  let size: { widthPx: number; heightPx: number }
  try {
    const { width, height, autoOrient } = await sharp(file).metadata()
    size = { widthPx: autoOrient.width ?? width, heightPx: autoOrient.height ?? height }
  } catch {
    return fault(
      'image-unreadable',
      `The file ${path} is not an image that can be read. Replace it with a JPEG, PNG, WebP, TIFF or FITS image.`,
    )
  }
  if (!isWholeImage(file)) return fault('image-unreadable', `The image ${path} is truncated: its end is missing. Get it again.`)
  return { path, ...size, checksum }
}

function readFitsImage(path: string, file: Buffer, checksum: string): ImageFile | Fault {
  try {
    const layout = readFitsLayout(file)
    const { widthPx, heightPx, pixelScaleArcsec } = layout
    return { path, widthPx, heightPx, checksum, pixelScaleArcsec, footprint: footprintOf(layout) }
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    return fault('image-unreadable', `The image ${path} cannot be read: ${error.message}. Get it again, or save it as a plain FITS image.`)
  }
}

function imageMissing(path: string): Fault {
  return fault('image-missing', `The image ${path} does not exist. Correct its name in the table, or add the file.`)
}

/**
 * Where the image of a galaxy lies: `file` as the table names it (within `folder`, or absolute; a path of another machine is looked for by
 * its last part), or, where the table names none, the id with an ending of images. The path of the first guess when there is none.
 */
export async function locateImage(folder: string, file: string | null, id: string): Promise<string> {
  const guesses =
    file === null
      ? imageEndings.map((ending) => join(folder, id + ending))
      : [isAbsolute(file) ? file : join(folder, file), join(folder, basename(file))]
  for (const guess of guesses) {
    const exists = await access(guess).then(
      () => true,
      () => false,
    )
    if (exists) return guess
  }
  return guesses[0]!
}

const codeOf = (error: unknown) => (error instanceof Error && 'code' in error ? String(error.code) : String(error))
