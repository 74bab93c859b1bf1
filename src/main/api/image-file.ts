import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { extname } from 'node:path'
import { Readable } from 'node:stream'
import type { Context } from 'hono'
import { z } from 'zod'
import { AppError } from '@shared/science/errors'
import type { View } from '@main/catalogue/views'
import { isFitsName } from '@main/images/fits/read-fits'
import { openPictureFile } from '@main/images/picture'

/** What names an image of a galaxy in an address. */
export const imageSchema = z.object({ key: z.coerce.number().int().positive(), view: z.coerce.number().int().positive().default(1) })

/** What browsers show as it is; TIFF and FITS images are turned into PNG for them. */
const TYPES: Record<string, string> = { '.jpg': 'image/jpeg', '.jpeg': 'image/jpeg', '.png': 'image/png', '.webp': 'image/webp' }
const TIFF = new Set(['.tif', '.tiff'])

/**
 * The headers of an answer made from an image file. The address names the galaxy, not the content: always ask again, and answer 304 while the
 * file is the same (`isUnchanged`). `what` tells apart what is made of one file. Throws `image/gone`, and `image/unsupported` for another kind.
 */
export async function imageHeaders(c: Context, { path, galaxyId, checksum }: View, what = '') {
  const info = await stat(path).catch(() => null)
  if (!info?.isFile())
    throw new AppError('image/gone', `The image of galaxy ${galaxyId} is gone: ${path}. Put it back, or import the survey again.`)
  const ending = extname(path).toLowerCase()
  if (TYPES[ending] === undefined && !TIFF.has(ending) && !isFitsName(path))
    throw new AppError('image/unsupported', `The image of galaxy ${galaxyId} (${path}) is of a kind that cannot be shown.`)
  const headers = {
    etag: `"${checksum.slice(0, 16)}-${info.size}-${Math.round(info.mtimeMs)}${what}"`,
    'cache-control': 'private, no-cache',
    'x-content-type-options': 'nosniff',
  }
  return { headers, sizeBytes: info.size, isUnchanged: c.req.header('if-none-match') === headers.etag }
}

/** The image as a browser shows it: the file itself, or a PNG of it. Throws `image/unreadable`, and what `imageHeaders` throws. */
export async function sendPicture(c: Context, view: View): Promise<Response> {
  const { headers, sizeBytes, isUnchanged } = await imageHeaders(c, view)
  if (isUnchanged) return c.body(null, 304, headers)
  const type = TYPES[extname(view.path).toLowerCase()]
  if (type === undefined) {
    const png = await readable(view, async () =>
      (await openPictureFile(view.path, true)).autoOrient().toColourspace('srgb').png().toBuffer(),
    )
    return c.body(new Uint8Array(png), 200, { ...headers, 'content-type': 'image/png' })
  }
  const content = Readable.toWeb(createReadStream(view.path)) as ReadableStream
  return c.body(content, 200, { ...headers, 'content-type': type, 'content-length': String(sizeBytes) })
}

/** What reading an image gives; whatever goes wrong is `image/unreadable`, with the galaxy and the file. */
export async function readable<T>({ path, galaxyId }: View, read: () => Promise<T>): Promise<T> {
  try {
    return await read()
  } catch (error) {
    if (error instanceof AppError && error.code.startsWith('image/')) throw error
    const reason = error instanceof AppError ? `: ${error.message}` : ''
    throw new AppError(
      'image/unreadable',
      `The image of galaxy ${galaxyId} (${path}) cannot be read${reason}. Restore the file or import it again.`,
      { cause: error },
    )
  }
}
