import { Hono } from 'hono'
import { createProjectSchema, openProjectSchema, splitRequestSchema } from '@shared/contract/requests'
import { recentProjects } from '@main/services/recent-projects'
import type { Desk } from '@main/services/desk'
import { checkedBody } from './input'

export function projectRoutes(desk: Desk): Hono {
  const routes = new Hono()
  routes.get('/projects', (c) => c.json({ recent: recentProjects(), suggestedFolder: desk.suggestedFolder() }))
  routes.post('/projects', async (c) => c.json(await desk.create(await checkedBody(c, createProjectSchema))))
  routes.post('/projects/open', async (c) => c.json(await desk.open((await checkedBody(c, openProjectSchema)).path)))
  routes.post('/split', async (c) => c.json(await desk.project().split(await checkedBody(c, splitRequestSchema))))
  routes.get('/rounds', (c) => c.json({ rounds: desk.project().rounds() }))
  return routes
}
