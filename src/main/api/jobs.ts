import { Hono } from 'hono'
import { jobParamsSchema } from '@shared/contract/job'
import type { Desk } from '@main/services/desk'
import { checkedBody } from './input'

export function jobRoutes(desk: Desk): Hono {
  const routes = new Hono()
  routes.get('/jobs', (c) => c.json({ jobs: desk.jobs() }))
  routes.get('/jobs/:id', (c) => c.json(desk.job(c.req.param('id'))))
  routes.post('/jobs', async (c) => c.json(await desk.submit(await checkedBody(c, jobParamsSchema))))
  routes.post('/jobs/:id/cancel', (c) => c.json(desk.project().runner.cancel(c.req.param('id'))))
  routes.post('/jobs/:id/resume', (c) => c.json(desk.project().runner.resume(c.req.param('id'))))
  return routes
}
