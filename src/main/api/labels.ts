import { Hono } from 'hono'
import { z } from 'zod'
import { annotatorSchema } from '@shared/contract/records'
import { labelRequestSchema, undoRequestSchema } from '@shared/contract/requests'
import type { Desk } from '@main/services/desk'
import { checked, checkedBody } from './input'

const queueQuerySchema = z.object({ annotator: annotatorSchema })
const revealSchema = z.object({ round: z.number().int().nonnegative() })
const logQuerySchema = z.object({
  galaxyKey: z.coerce.number().int().optional(),
  limit: z.coerce.number().int().positive().max(10_000).default(200),
})

export function labelRoutes(desk: Desk): Hono {
  const routes = new Hono()
  routes.get('/queue', (c) => c.json(desk.project().queue(checked(queueQuerySchema, c.req.query()).annotator)))
  routes.get('/labels', (c) => c.json({ events: desk.project().labelLog(checked(logQuerySchema, c.req.query())) }))
  routes.post('/labels', async (c) => c.json(desk.project().label(await checkedBody(c, labelRequestSchema))))
  routes.post('/labels/undo', async (c) => c.json(desk.project().undo(await checkedBody(c, undoRequestSchema))))
  routes.post('/labels/redo', async (c) => c.json(desk.project().redo(await checkedBody(c, undoRequestSchema))))
  routes.post('/votes/reveal', async (c) => c.json({ revealed: desk.project().revealVotes((await checkedBody(c, revealSchema)).round) }))
  return routes
}
