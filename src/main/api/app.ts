import { Hono } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { AppError } from '@shared/science/errors'
import { isFailure } from '@shared/contract/errors'
import type { Desk } from '@main/services/desk'
import { galaxyRoutes } from './galaxies'
import { jobRoutes } from './jobs'
import { labelRoutes } from './labels'
import { projectRoutes } from './projects'
import { rendererFiles } from './renderer-files'
import { statusRoutes } from './status'

/** The one request handler of the window: Electron serves it under `app://`, headless mode on 127.0.0.1. */
export function createApp(desk: Desk): Hono {
  const app = new Hono()
  app.onError((error, c) => {
    const known = describe(error)
    if (known.code === 'server/bug') process.stderr.write(`${error.stack ?? error.message}\n`)
    return c.json({ code: known.code, message: known.message }, known.status)
  })
  app.route('/api', statusRoutes(desk))
  app.route('/api', projectRoutes(desk))
  app.route('/api', labelRoutes(desk))
  app.route('/api', galaxyRoutes(desk))
  app.route('/api', jobRoutes(desk))
  app.all('/api/*', (c) => c.json({ code: 'server/unknown-route', message: `There is nothing at ${c.req.path}.` }, 404))
  app.get('/*', rendererFiles())
  return app
}

const ABSENT = /\/(unknown|gone)$|^catalogue\/missing$/
const NOT_NOW = /\/(exists|none|missing|not-empty|not-resumable|closed|running|conflict|already.*)$/

function describe(error: Error): { code: string; message: string; status: ContentfulStatusCode } {
  if (error instanceof AppError) {
    const { code, message } = error
    const status = isFailure(code) ? 500 : ABSENT.test(code) ? 404 : NOT_NOW.test(code) ? 409 : 400
    return { code, message, status }
  }
  return { code: 'server/bug', message: `This is a fault of the program, not yours: ${error.message}`, status: 500 }
}
