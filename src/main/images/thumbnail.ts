import { stat } from 'node:fs/promises'
import { AppError } from '@shared/science/errors'
import type { View } from '@main/catalogue/views'
import { openPictureFile } from './picture'

/** The sides that thumbnails are made in: a gallery whose size is dragged along asks for few different ones. */
const SIDES_PX = [64, 96, 128, 192, 256, 384, 512] as const
/** Room for about 10,000 thumbnails of 128 pixels. */
const MOST_BYTES = 64 * 1024 * 1024

export type Thumbnail = { bytes: Uint8Array<ArrayBuffer>; etag: string }

export type Thumbnails = {
  /** What names the content of a thumbnail, without making it. Throws `image/gone`. */
  etag: (view: View, sizePx: number) => Promise<string>
  /**
   * The image as a JPEG that covers a square of at least `sizePx` (1..512) where the image itself is as large; never enlarged, nothing cut off.
   * Throws `image/gone` and `image/unreadable`.
   */
  read: (view: View, sizePx: number) => Promise<Thumbnail>
}

/** Small images for galleries, the latest of them kept in memory up to `mostBytes`. A file that changed is read again. */
export function createThumbnails(mostBytes = MOST_BYTES): Thumbnails {
  const kept = new Map<string, Uint8Array<ArrayBuffer>>()
  const beingMade = new Map<string, Promise<Uint8Array<ArrayBuffer>>>()
  let keptBytes = 0

  function keep(key: string, bytes: Uint8Array<ArrayBuffer>): void {
    kept.set(key, bytes)
    keptBytes += bytes.byteLength
    for (const [oldest, { byteLength }] of kept) {
      if (keptBytes <= mostBytes) break
      kept.delete(oldest)
      keptBytes -= byteLength
    }
  }

  async function bytesOf(key: string, view: View, sidePx: number): Promise<Uint8Array<ArrayBuffer>> {
    const found = kept.get(key)
    if (found) {
      // What was asked for last goes last.
      kept.delete(key)
      kept.set(key, found)
      return found
    }
    const making = beingMade.get(key) ?? makeThumbnail(view, sidePx).finally(() => beingMade.delete(key))
    beingMade.set(key, making)
    const made = await making
    if (!kept.has(key)) keep(key, made)
    return made
  }

  return {
    etag: async (view, sizePx) => `"${await contentName(view, sideFor(sizePx))}"`,
    async read(view, sizePx) {
      const sidePx = sideFor(sizePx)
      const name = await contentName(view, sidePx)
      return { bytes: await bytesOf(`${view.path} ${name}`, view, sidePx), etag: `"${name}"` }
    },
  }
}

const sideFor = (sizePx: number): number => SIDES_PX.find((side) => side >= sizePx) ?? SIDES_PX.at(-1)!

async function contentName({ path, galaxyId, checksum }: View, sidePx: number): Promise<string> {
  const info = await stat(path).catch(() => null)
  if (!info?.isFile())
    throw new AppError('image/gone', `The image of galaxy ${galaxyId} is gone: ${path}. Put it back, or import the survey again.`)
  return `${checksum.slice(0, 16)}-${info.size}-${Math.round(info.mtimeMs)}-${sidePx}`
}

async function makeThumbnail({ path, galaxyId }: View, sidePx: number): Promise<Uint8Array<ArrayBuffer>> {
  try {
    const jpeg = (await openPictureFile(path))
      .autoOrient()
      .flatten({ background: '#000' })
      .toColourspace('srgb')
      .resize(sidePx, sidePx, { fit: 'outside', withoutEnlargement: true })
      // Faint colours are what galaxies are told apart by: full colour resolution, at little cost in bytes.
      .jpeg({ quality: 90, chromaSubsampling: '4:4:4' })
    return new Uint8Array(await jpeg.toBuffer())
  } catch (error) {
    throw new AppError(
      'image/unreadable',
      `The image of galaxy ${galaxyId} (${path}) cannot be read. Restore the file or import it again.`,
      { cause: error },
    )
  }
}
