import { Hono } from 'hono'
import { z } from 'zod'
import { PIXEL_BLOCK_TYPE } from '@shared/contract/image'
import { latestModel } from '@main/catalogue/models'
import { drawModelView } from '@main/images/model-view'
import { runImageTask } from '@main/images/thread/threads'
import type { Desk } from '@main/services/desk'
import { imageHeaders, imageSchema, readable, sendPicture } from './image-file'
import { checked } from './input'

/** The network of W+21, which a first training takes when nothing else is said. */
const FIRST = { network: 'efficientnet-b0', sizePx: 224 } as const
const pixelsSchema = imageSchema.extend({ deep: z.stringbool().default(false) })
const modelViewSchema = imageSchema.extend({ size: z.coerce.number().int().min(16).max(1_024).optional() })

/** What the viewer needs of an image beyond the picture itself. */
export function imageRoutes(desk: Desk): Hono {
  const routes = new Hono()
  routes.get('/galaxies/:key/pixels', async (c) => {
    const {
      key,
      view: number,
      deep,
    } = checked(pixelsSchema, {
      key: c.req.param('key'),
      view: c.req.query('view'),
      deep: c.req.query('deep'),
    })
    const view = desk.project().view(key, number)
    const { headers, isUnchanged } = await imageHeaders(c, view)
    if (isUnchanged) return c.body(null, 304, headers)
    const block = await readable(view, () => runImageTask({ kind: 'values', path: view.path }, true))
    if (block === null) return deep ? c.body(null, 204, headers) : sendPicture(c, view)
    return c.body(block as Uint8Array<ArrayBuffer>, 200, { ...headers, 'content-type': PIXEL_BLOCK_TYPE })
  })
  routes.get('/galaxies/:key/facts', async (c) => {
    const { key, view: number } = checked(imageSchema, { key: c.req.param('key'), view: c.req.query('view') })
    const view = desk.project().view(key, number)
    const { headers, isUnchanged } = await imageHeaders(c, view)
    if (isUnchanged) return c.body(null, 304, headers)
    return c.json(await readable(view, () => runImageTask({ kind: 'facts', path: view.path }, true)), 200, headers)
  })
  routes.get('/galaxies/:key/model-view', async (c) => {
    const asked = checked(modelViewSchema, { key: c.req.param('key'), size: c.req.query('size') })
    const { db, view: viewOf } = desk.project()
    const view = viewOf(asked.key, 1)
    const { network, sizePx } = latestModel(db) ?? FIRST
    const side = asked.size ?? sizePx
    const { headers, isUnchanged } = await imageHeaders(c, view, `-${network}-${side}`)
    if (isUnchanged) return c.body(null, 304, headers)
    const png = await readable(view, () => drawModelView(view.path, view.galaxyId, network, side))
    return c.body(new Uint8Array(png), 200, { ...headers, 'content-type': 'image/png' })
  })
  return routes
}
