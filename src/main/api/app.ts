import { Hono } from 'hono'
import type { Desk } from '@main/services/desk'
import { besideRoutes } from './beside'
import { describeError } from './describe-error'
import { galaxyRoutes } from './galaxies'
import { hintRoutes } from './hints'
import { imageRoutes } from './images'
import { jobRoutes } from './jobs'
import { labellingRoutes } from './labelling'
import { labelRoutes } from './labels'
import { ofThisProject } from './of-this-project'
import { projectRoutes } from './projects'
import { rendererFiles } from './renderer-files'
import { searchRoutes } from './search'
import { statusRoutes } from './status'
import { thumbnailRoutes } from './thumbnails'

/** The one request handler of the window: Electron serves it under `app://`, headless mode on 127.0.0.1. */
export function createApp(desk: Desk): Hono {
  const app = new Hono()
  app.onError((error, c) => {
    const known = describeError(error)
    if (known.code === 'server/bug') process.stderr.write(`${error.stack ?? error.message}\n`)
    return c.json({ code: known.code, message: known.message }, known.status)
  })
  app.on(['POST', 'DELETE'], '/api/*', ofThisProject(desk))
  app.route('/api', statusRoutes(desk))
  app.route('/api', projectRoutes(desk))
  app.route('/api', labelRoutes(desk))
  app.route('/api', labellingRoutes(desk))
  app.route('/api', hintRoutes(desk))
  app.route('/api', galaxyRoutes(desk))
  app.route('/api', imageRoutes(desk))
  app.route('/api', thumbnailRoutes(desk))
  app.route('/api', jobRoutes(desk))
  app.route('/api', searchRoutes(desk))
  app.route('/api', besideRoutes(desk))
  app.all('/api/*', (c) => c.json({ code: 'server/unknown-route', message: `There is nothing at ${c.req.path}.` }, 404))
  app.get('/*', rendererFiles())
  return app
}
