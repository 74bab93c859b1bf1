import { serve, type ServerType } from '@hono/node-server'
import { Hono } from 'hono'
import { AppError } from '@shared/science/errors'
import { guard, newToken } from './guard'

const LAST_PORT = 65_535
const REFUSALS: Record<string, { code: string; words: string }> = {
  EADDRINUSE: { code: 'serve/port-taken', words: 'is in use' },
  EACCES: { code: 'serve/port-refused', words: 'is kept by the system' },
}

export type LocalServer = { url: string; close: () => void }

/**
 * Serves the handler on loopback only, behind a one-time token ([Note: Who may talk to the server]). `port` 0 takes a free one.
 * Throws `serve/bad-port`, `serve/port-taken` when another program listens there, and `serve/port-refused` when the system keeps it.
 */
export async function serveLocally(app: Hono, port: number): Promise<LocalServer> {
  if (!Number.isInteger(port) || port < 0 || port > LAST_PORT)
    throw new AppError('serve/bad-port', `There is no port ${port}. Choose one up to ${LAST_PORT}, or leave it out for a free one.`)
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
      const reason = REFUSALS[error.code ?? '']
      if (reason === undefined) reject(error)
      else
        reject(
          new AppError(reason.code, `Port ${port} ${reason.words}. Choose another with --port, or leave it out for a free one.`, {
            cause: error,
          }),
        )
    })
  })
  const close = () => {
    server.close()
    if ('closeAllConnections' in server) server.closeAllConnections()
  }
  return { url: `http://127.0.0.1:${actualPort}/?token=${token}`, close }
}
