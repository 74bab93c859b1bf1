import { Hono } from 'hono'
import { streamSSE } from 'hono/streaming'
import { chooseEngineSchema } from '@shared/contract/requests'
import { builtInTrees } from '@shared/science/tree/built-in'
import { listFolder } from '@main/services/folders'
import type { Desk } from '@main/services/desk'
import { checkedBody } from './input'

const KEEP_ALIVE_MS = 15_000

export function statusRoutes(desk: Desk): Hono {
  const routes = new Hono()
  routes.get('/status', async (c) => c.json(await desk.status()))
  routes.get('/engines', async (c) => c.json(await desk.inspectEngines()))
  routes.post('/engine', async (c) => c.json(desk.chooseEngine((await checkedBody(c, chooseEngineSchema)).choice)))
  routes.get('/folders', async (c) => c.json(await listFolder(c.req.query('path'))))
  routes.get('/trees', (c) =>
    c.json({
      trees: builtInTrees.map(({ id, questions }) => ({
        id,
        questions: questions.length,
        answers: questions.flatMap((question) => question.answers).length,
      })),
    }),
  )
  routes.get('/events', (c) =>
    streamSSE(c, async (stream) => {
      const stop = desk.events.listen((event) => void stream.writeSSE({ data: JSON.stringify(event) }))
      stream.onAbort(stop)
      while (!stream.aborted && !stream.closed) {
        await stream.writeSSE({ event: 'alive', data: '' })
        await stream.sleep(KEEP_ALIVE_MS)
      }
      stop()
    }),
  )
  return routes
}
