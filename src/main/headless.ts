/** @file The application without Electron: the same handler on 127.0.0.1, the address printed. */
import { createApp } from './api/app'
import { serveLocally } from './api/serve'
import { forkNode } from './jobs/fork-node'
import { createDesk } from './services/desk'
import { engineFromEnvironment } from './services/engine-choice'

const desk = createDesk({ fork: forkNode, engine: engineFromEnvironment() })
const server = await serveLocally(createApp(desk), Number(process.env.GALAXY_DESK_PORT ?? 0))
console.log(`Open ${server.url}\n(the address works once; Ctrl+C ends the program)`)
await desk.openAtStart()

async function end(): Promise<void> {
  server.close()
  await desk.close()
  process.exit(0)
}
process.once('SIGINT', () => void end())
process.once('SIGTERM', () => void end())
