import { Hono } from 'hono'
import type { Desk } from '@main/services/desk'
import { imageSchema, sendPicture } from './image-file'
import { checked } from './input'

export function galaxyRoutes(desk: Desk): Hono {
  const routes = new Hono()
  routes.get('/galaxies/:key/image', (c) => {
    const { key, view } = checked(imageSchema, { key: c.req.param('key'), view: c.req.query('view') })
    return sendPicture(c, desk.project().view(key, view))
  })
  return routes
}
