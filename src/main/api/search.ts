import { Hono } from 'hono'
import { aroundRequestSchema, askSearchSchema, rowsRequestSchema, saveSearchSchema } from '@shared/contract/search'
import type { Desk } from '@main/services/desk'
import { checked, checkedBody } from './input'

export function searchRoutes(desk: Desk): Hono {
  const routes = new Hono()
  const search = () => desk.project().search
  routes.post('/search', async (c) => c.json(await search().search(await checkedBody(c, askSearchSchema))))
  routes.get('/search/:id/rows', async (c) => c.json(await search().rows(c.req.param('id'), checked(rowsRequestSchema, c.req.query()))))
  routes.get('/search/:id/around', async (c) =>
    c.json(await search().around(c.req.param('id'), checked(aroundRequestSchema, c.req.query()).galaxyKey)),
  )
  routes.get('/columns', async (c) => c.json(await search().columns()))
  routes.get('/searches', (c) => c.json({ searches: search().saved() }))
  routes.post('/searches', async (c) => c.json(await search().save(await checkedBody(c, saveSearchSchema))))
  routes.delete('/searches/:name', (c) => {
    search().remove(c.req.param('name'))
    return c.json({ searches: search().saved() })
  })
  return routes
}
