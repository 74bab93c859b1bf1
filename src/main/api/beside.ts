import { Hono } from 'hono'
import { z } from 'zod'
import { annotatorSchema } from '@shared/contract/records'
import { readGalaxy } from '@main/catalogue/galaxies'
import type { Desk } from '@main/services/desk'
import { checked } from './input'

const examplesQuerySchema = z.object({ annotator: annotatorSchema })
const neighboursQuerySchema = examplesQuerySchema.extend({ key: z.coerce.number().int().positive() })

/** What is shown beside the galaxy on screen, to one annotator: examples of the answers, and the nearest galaxies that they labelled. */
export function besideRoutes(desk: Desk): Hono {
  const routes = new Hono()
  routes.get('/examples', async (c) => c.json(await desk.project().search.examples(checked(examplesQuerySchema, c.req.query()).annotator)))
  routes.get('/galaxies/:key/neighbours', async (c) => {
    const { key, annotator } = checked(neighboursQuerySchema, { ...c.req.query(), key: c.req.param('key') })
    const { db, search } = desk.project()
    readGalaxy(db, key)
    return c.json(await search.neighbours(key, annotator))
  })
  return routes
}
