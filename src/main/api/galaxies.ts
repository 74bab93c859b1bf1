import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { extname } from 'node:path'
import { Readable } from 'node:stream'
import { Hono } from 'hono'
import { z } from 'zod'
import { AppError } from '@shared/science/errors'
import type { Desk } from '@main/services/desk'

const key = z.coerce.number().int().positive()
const TYPES: Record<string, string> = {
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
  '.png': 'image/png',
  '.webp': 'image/webp',
  '.gif': 'image/gif',
}

export function galaxyRoutes(desk: Desk): Hono {
  const routes = new Hono()
  routes.get('/galaxies/:key/image', async (c) => {
    const view = desk.project().view(key.parse(c.req.param('key')), key.parse(c.req.query('view') ?? 1))
    const type = TYPES[extname(view.path).toLowerCase()]
    if (type === undefined)
      throw new AppError('image/unsupported', `The image of galaxy ${view.galaxyId} (${view.path}) is of a kind that cannot be shown.`)
    const info = await stat(view.path).catch(() => {
      throw new AppError(
        'image/unreadable',
        `The image of galaxy ${view.galaxyId} is gone: ${view.path}. Put it back, or import the survey again.`,
      )
    })
    const tag = `"${view.checksum}"`
    // The address names the galaxy, not the content: always ask again, and answer 304 while the file is the same.
    const headers = {
      'cache-control': 'private, no-cache',
      etag: tag,
      'content-type': type,
      'content-length': String(info.size),
      'x-content-type-options': 'nosniff',
    }
    if (c.req.header('if-none-match') === tag) return c.body(null, 304, { etag: tag })
    return c.body(Readable.toWeb(createReadStream(view.path)) as ReadableStream, 200, headers)
  })
  return routes
}
