/** @file The application without Electron: the same handler on 127.0.0.1, the address printed. */
import { AppError } from '@shared/science/errors'
import { createApp } from './api/app'
import { serveLocally, type LocalServer } from './api/serve'
import { serveAtLastPort } from './api/serve-again'
import { forkNode } from './jobs/fork-node'
import { createDesk } from './services/desk'

async function main(): Promise<void> {
  const desk = createDesk({ fork: forkNode })
  let server: LocalServer | null = null
  let isEnding = false
  // Kept for a second signal too: the terminal and npm may both send one, and the first is being obeyed.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (isEnding) return
      isEnding = true
      server?.close()
      void desk.close().finally(() => process.exit(0))
    })
  }
  const app = createApp(desk)
  const port = askedPort()
  server = await (port === null ? serveAtLastPort(app) : serveLocally(app, port))
  console.log(`Open ${server.url}\n(the address works once; Ctrl+C ends the program)`)
  await desk.openAtStart()
}

function askedPort(): number | null {
  const asked = process.env.GALAXY_DESK_PORT
  if (asked === undefined) return null
  const port = Number(asked)
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port
  throw new AppError(
    'serve/bad-port',
    `GALAXY_DESK_PORT is "${asked}"; it must be a port number, 0 for a free one, or unset for that of the last time.`,
  )
}

main().catch((error: unknown) => {
  if (error instanceof AppError) console.error(`error ${error.code}: ${error.message}`)
  else console.error(error)
  process.exit(error instanceof AppError ? 2 : 1)
})
