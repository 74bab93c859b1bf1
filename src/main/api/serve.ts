import { serve, type ServerType } from '@hono/node-server'
import { Hono } from 'hono'
import { AppError } from '@shared/science/errors'
import { guard, newToken } from './guard'

export type LocalServer = { url: string; close: () => void }

/**
 * Serves the handler on loopback only, behind a one-time token ([Note: Who may talk to the server]). `port` 0 takes a free one.
 * Throws `serve/port-taken` when another program listens there.
 */
export async function serveLocally(app: Hono, port: number): Promise<LocalServer> {
  const token = newToken()
  let actualPort = port
  const guarded = new Hono()
  guarded.use(
    '*',
    guard(token, () => actualPort),
  )
  guarded.route('/', app)
  const server = await new Promise<ServerType>((resolve, reject) => {
    const started = serve({ fetch: guarded.fetch, hostname: '127.0.0.1', port }, (info) => {
      actualPort = info.port
      resolve(started)
    })
    started.once('error', (error: NodeJS.ErrnoException) => {
      const taken = error.code === 'EADDRINUSE'
      reject(
        taken
          ? new AppError('serve/port-taken', `Port ${port} is in use. Choose another with --port, or leave it out for a free one.`, {
              cause: error,
            })
          : error,
      )
    })
  })
  const close = () => {
    server.close()
    if ('closeAllConnections' in server) server.closeAllConnections()
  }
  return { url: `http://127.0.0.1:${actualPort}/?token=${token}`, close }
}
