import { Hono } from 'hono'
import { createProjectSchema, openProjectSchema, splitRequestSchema } from '@shared/contract/requests'
import { recentProjects } from '@main/services/recent-projects'
import type { Desk } from '@main/services/desk'

export function projectRoutes(desk: Desk): Hono {
  const routes = new Hono()
  routes.get('/projects', (c) => c.json({ recent: recentProjects(), suggestedFolder: desk.suggestedFolder() }))
  routes.post('/projects', async (c) => c.json(await desk.create(createProjectSchema.parse(await c.req.json()))))
  routes.post('/projects/open', async (c) => c.json(await desk.open(openProjectSchema.parse(await c.req.json()).path)))
  routes.post('/split', async (c) => c.json(desk.project().split(splitRequestSchema.parse(await c.req.json()))))
  routes.get('/rounds', (c) => c.json({ rounds: desk.project().rounds() }))
  return routes
}
