import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Hono } from 'hono'
import { AppError } from '@shared/science/errors'
import { userFolders } from '@main/paths'
import { serveLocally, type LocalServer } from './serve'

const file = () => join(userFolders().data, 'port')

/**
 * Serves at the port of the last time, at a free one the first time or while another program has that one. A browser keeps what a page
 * remembers by its address, port included: elsewhere the window would not know the expert's name, nor an answer that was not saved yet. So the
 * port is kept once and for all: whoever starts beside a Galaxy Desk that runs must not move what was kept there.
 */
export async function serveAtLastPort(app: Hono): Promise<LocalServer> {
  const last = lastPort()
  const server = await serveLocally(app, last ?? 0).catch((error: unknown) => {
    if (last !== null && error instanceof AppError && error.code.startsWith('serve/port-')) return serveLocally(app, 0)
    throw error
  })
  if (last === null) remember(new URL(server.url).port)
  return server
}

/** Null where nothing or nonsense was kept. */
function lastPort(): number | null {
  try {
    const port = Number(readFileSync(file(), 'utf8'))
    return Number.isInteger(port) && port >= 1024 && port <= 65_535 ? port : null
  } catch {
    return null
  }
}

/** A port that cannot be kept is no reason not to start. */
function remember(port: string): void {
  try {
    mkdirSync(userFolders().data, { recursive: true })
    writeFileSync(file(), port)
  } catch (error) {
    process.stderr.write(`The port cannot be kept for the next start: ${error instanceof Error ? error.message : String(error)}\n`)
  }
}
