import { Hono } from 'hono'
import { hintRequestSchema } from '@shared/contract/hints'
import { showHints } from '@main/catalogue/hints'
import type { Desk } from '@main/services/desk'
import { checkedBody } from './input'

export function hintRoutes(desk: Desk): Hono {
  const routes = new Hono()
  routes.post('/hints', async (c) => c.json(showHints(desk.project().db, await checkedBody(c, hintRequestSchema))))
  return routes
}
