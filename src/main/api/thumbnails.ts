import { Hono } from 'hono'
import { z } from 'zod'
import { createThumbnails } from '@main/images/thumbnail'
import type { Desk } from '@main/services/desk'
import { checked } from './input'

const thumbnailSchema = z.object({
  key: z.coerce.number().int().positive(),
  size: z.coerce.number().int().min(1).max(512).default(128),
})

export function thumbnailRoutes(desk: Desk): Hono {
  const routes = new Hono()
  const thumbnails = createThumbnails()
  routes.get('/galaxies/:key/thumbnail', async (c) => {
    const { key, size } = checked(thumbnailSchema, { key: c.req.param('key'), size: c.req.query('size') })
    const view = desk.project().view(key, 1)
    const etag = await thumbnails.etag(view, size)
    // As with the image itself: the address names the galaxy, so ask again, and answer 304 while the file is the same.
    const headers = { etag, 'cache-control': 'private, no-cache', 'x-content-type-options': 'nosniff' }
    if (c.req.header('if-none-match') === etag) return c.body(null, 304, headers)
    const { bytes } = await thumbnails.read(view, size)
    return c.body(bytes, 200, { ...headers, 'content-type': 'image/jpeg' })
  })
  return routes
}
