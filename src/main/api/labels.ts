import { Hono } from 'hono'
import { z } from 'zod'
import { labelRequestSchema } from '@shared/contract/requests'
import type { Desk } from '@main/services/desk'

const annotator = z.string().min(1).max(100)
const undoSchema = z.object({ uuid: z.uuid(), annotator })
const revealSchema = z.object({ round: z.number().int().nonnegative() })
const logQuerySchema = z.object({
  galaxyKey: z.coerce.number().int().optional(),
  limit: z.coerce.number().int().positive().max(10_000).default(200),
})

export function labelRoutes(desk: Desk): Hono {
  const routes = new Hono()
  routes.get('/queue', (c) => c.json(desk.project().queue(annotator.parse(c.req.query('annotator')))))
  routes.get('/labels', (c) => c.json({ events: desk.project().labelLog(logQuerySchema.parse(c.req.query())) }))
  routes.post('/labels', async (c) => c.json(desk.project().label(labelRequestSchema.parse(await c.req.json()))))
  routes.post('/labels/undo', async (c) => c.json(desk.project().undo(undoSchema.parse(await c.req.json()))))
  routes.post('/votes/reveal', async (c) => c.json({ revealed: desk.project().revealVotes(revealSchema.parse(await c.req.json()).round) }))
  return routes
}
