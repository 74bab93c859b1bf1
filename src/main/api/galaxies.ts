import { createReadStream, type Stats } from 'node:fs'
import { stat } from 'node:fs/promises'
import { extname } from 'node:path'
import { Readable } from 'node:stream'
import { Hono } from 'hono'
import sharp from 'sharp'
import { z } from 'zod'
import { AppError } from '@shared/science/errors'
import type { View } from '@main/catalogue/views'
import type { Desk } from '@main/services/desk'
import { checked } from './input'

const imageSchema = z.object({ key: z.coerce.number().int().positive(), view: z.coerce.number().int().positive().default(1) })
/** What browsers show as it is; a TIFF image is turned into PNG for them. */
const TYPES: Record<string, string> = { '.jpg': 'image/jpeg', '.jpeg': 'image/jpeg', '.png': 'image/png', '.webp': 'image/webp' }
const TIFF = new Set(['.tif', '.tiff'])

export function galaxyRoutes(desk: Desk): Hono {
  const routes = new Hono()
  routes.get('/galaxies/:key/image', async (c) => {
    const { key, view: number } = checked(imageSchema, { key: c.req.param('key'), view: c.req.query('view') })
    const view = desk.project().view(key, number)
    const ending = extname(view.path).toLowerCase()
    const info = await fileInfo(view)
    // The address names the galaxy, not the content: always ask again, and answer 304 while the file is the same.
    const headers = {
      etag: `"${view.checksum.slice(0, 16)}-${info.size}-${Math.round(info.mtimeMs)}"`,
      'cache-control': 'private, no-cache',
      'x-content-type-options': 'nosniff',
    }
    if (c.req.header('if-none-match') === headers.etag) return c.body(null, 304, headers)
    if (TIFF.has(ending)) return c.body(new Uint8Array(await asPng(view)), 200, { ...headers, 'content-type': 'image/png' })
    const type = TYPES[ending]
    if (type === undefined)
      throw new AppError('image/unsupported', `The image of galaxy ${view.galaxyId} (${view.path}) is of a kind that cannot be shown.`)
    const content = Readable.toWeb(createReadStream(view.path)) as ReadableStream
    return c.body(content, 200, { ...headers, 'content-type': type, 'content-length': String(info.size) })
  })
  return routes
}

async function fileInfo({ path, galaxyId }: View): Promise<Stats> {
  const info = await stat(path).catch(() => null)
  if (info?.isFile()) return info
  throw new AppError('image/gone', `The image of galaxy ${galaxyId} is gone: ${path}. Put it back, or import the survey again.`)
}

async function asPng({ path, galaxyId }: View): Promise<Buffer> {
  try {
    return await sharp(path, { failOn: 'truncated' }).autoOrient().toColourspace('srgb').png().toBuffer()
  } catch (error) {
    throw new AppError(
      'image/unreadable',
      `The image of galaxy ${galaxyId} (${path}) cannot be read. Restore the file or import it again.`,
      {
        cause: error,
      },
    )
  }
}
