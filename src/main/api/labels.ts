import { setImmediate } from 'node:timers/promises'
import { Hono } from 'hono'
import { z } from 'zod'
import { annotatorSchema, type QueueItem } from '@shared/contract/records'
import { batchRequestSchema, itemsRequestSchema, labelRequestSchema, undoRequestSchema } from '@shared/contract/requests'
import { readQueueItem } from '@main/catalogue/queue-items'
import type { Desk } from '@main/services/desk'
import { checked, checkedBody } from './input'

const queueQuerySchema = z.object({
  annotator: annotatorSchema,
  from: z.coerce.number().int().optional(),
  before: z.coerce.number().int().optional(),
  limit: z.coerce.number().int().positive().max(500).default(60),
})
const nextQuerySchema = z.object({
  annotator: annotatorSchema,
  after: z.coerce.number().int().default(0),
  skipped: z.stringbool().default(false),
})
const itemQuerySchema = z.object({ annotator: annotatorSchema, galaxyKey: z.coerce.number().int().positive() })
const revealSchema = z.object({ round: z.number().int().nonnegative() })
const logQuerySchema = z.object({
  galaxyKey: z.coerce.number().int().optional(),
  limit: z.coerce.number().int().positive().max(10_000).default(200),
})

const ITEMS_AT_ONCE = 16

export function labelRoutes(desk: Desk): Hono {
  const routes = new Hono()
  routes.get('/queue', (c) => {
    const { annotator, from, before, limit } = checked(queueQuerySchema, c.req.query())
    return c.json(desk.project().queue(annotator, before === undefined ? { from, limit } : { before, limit }))
  })
  routes.get('/queue/next', (c) => {
    const { annotator, after, skipped } = checked(nextQuerySchema, c.req.query())
    return c.json({ position: desk.project().nextOpen(annotator, after, skipped) })
  })
  routes.get('/queue/item', (c) => {
    const { annotator, galaxyKey } = checked(itemQuerySchema, c.req.query())
    return c.json({ item: readQueueItem(desk.project().db, galaxyKey, annotator) })
  })
  // A list is read by POST: so many keys are too long for an address.
  routes.post('/queue/items', async (c) => {
    const { annotator, galaxyKeys } = await checkedBody(c, itemsRequestSchema)
    const { db } = desk.project()
    const items: QueueItem[] = []
    for (const galaxyKey of galaxyKeys) {
      items.push(readQueueItem(db, galaxyKey, annotator))
      // Each takes a quarter of a millisecond: a label that is to be saved meanwhile waits for a few of them, not for 200.
      if (items.length % ITEMS_AT_ONCE === 0) await setImmediate()
    }
    return c.json({ items })
  })
  routes.get('/labels', (c) => c.json({ events: desk.project().labelLog(checked(logQuerySchema, c.req.query())) }))
  routes.post('/labels', async (c) => c.json(desk.project().label(await checkedBody(c, labelRequestSchema))))
  routes.post('/labels/batch', async (c) => c.json(desk.project().labelBatch(await checkedBody(c, batchRequestSchema))))
  routes.post('/labels/undo', async (c) => c.json(desk.project().undo(await checkedBody(c, undoRequestSchema))))
  routes.post('/labels/redo', async (c) => c.json(desk.project().redo(await checkedBody(c, undoRequestSchema))))
  routes.post('/votes/reveal', async (c) => c.json({ revealed: desk.project().revealVotes((await checkedBody(c, revealSchema)).round) }))
  return routes
}
