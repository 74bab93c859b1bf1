import { Hono } from 'hono'
import { z } from 'zod'
import { goldRequestSchema } from '@shared/contract/gold'
import { labellingChangesSchema } from '@shared/contract/labelling'
import { annotatorSchema } from '@shared/contract/records'
import { readAgreement, readDifferences, readPairAgreement } from '@main/catalogue/agreement'
import { readGalaxyContext } from '@main/catalogue/galaxy-context'
import { readHistory } from '@main/catalogue/history'
import { readLabellingSettings } from '@main/catalogue/labelling-settings'
import { annotatorNames, readQuality } from '@main/catalogue/quality'
import { importGold } from '@main/ingest/import-gold'
import type { Desk } from '@main/services/desk'
import { checked, checkedBody } from './input'

const contextQuerySchema = z.object({
  key: z.coerce.number().int().positive(),
  annotator: annotatorSchema.optional(),
  votes: z.stringbool().default(false),
  others: z.stringbool().default(false),
  columns: z.stringbool().default(false),
})
const pairSchema = z.object({ first: annotatorSchema, second: annotatorSchema })
const pageSchema = z.object({
  galaxyKey: z.coerce.number().int().positive().optional(),
  offset: z.coerce.number().int().nonnegative().default(0),
  limit: z.coerce.number().int().positive().max(200).default(50),
})
const historyQuerySchema = z.object({
  before: z.coerce.number().int().optional(),
  limit: z.coerce.number().int().positive().max(1_000).default(100),
  annotator: z.string().optional(),
  galaxyKey: z.coerce.number().int().optional(),
  text: z.string().max(200).optional(),
})

/** How a project is labelled, by whom, how well, and what is known of one galaxy. */
export function labellingRoutes(desk: Desk): Hono {
  const routes = new Hono()
  const db = () => desk.project().db
  routes.get('/labelling', (c) => c.json(readLabellingSettings(db())))
  routes.post('/labelling', async (c) => c.json(desk.project().setLabelling(await checkedBody(c, labellingChangesSchema))))
  routes.get('/history', (c) => c.json(readHistory(db(), checked(historyQuerySchema, c.req.query()))))
  routes.get('/agreement', (c) => c.json(readAgreement(db())))
  routes.get('/agreement/pair', (c) => {
    const { first, second } = checked(pairSchema, c.req.query())
    return c.json(readPairAgreement(db(), first, second))
  })
  routes.get('/agreement/differences', (c) => {
    const { galaxyKey, offset, limit } = checked(pageSchema, c.req.query())
    return c.json({ differences: readDifferences(db(), { galaxyKey, offset, limit }) })
  })
  routes.post('/gold', async (c) => c.json(await importGold(db(), await checkedBody(c, goldRequestSchema))))
  routes.get('/annotators', (c) => c.json({ annotators: annotatorNames(db()) }))
  routes.get('/quality', (c) => c.json(readQuality(db(), checked(z.object({ annotator: annotatorSchema }), c.req.query()).annotator)))
  routes.get('/galaxies/:key', (c) => {
    const { key, ...query } = checked(contextQuerySchema, { ...c.req.query(), key: c.req.param('key') })
    return c.json(readGalaxyContext(db(), key, query))
  })
  return routes
}
