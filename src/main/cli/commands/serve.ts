import type { Command } from 'commander'
import { createApp } from '@main/api/app'
import { serveLocally } from '@main/api/serve'
import { serveAtLastPort } from '@main/api/serve-again'
import { openBrowser } from '../open-browser'
import { numberOption } from '../options'
import { withDesk, type Session } from '../session'

/** `serve` and `open`: the window in a browser, until Ctrl+C. */
export function addServeCommands(program: Command): void {
  const add = (name: string, description: string, show: (url: string) => boolean) =>
    program
      .command(`${name} <dir>`)
      .description(description)
      .option('--port <n>', 'default: that of the last time', numberOption('port'))
      .action(
        withDesk((session, dir: string, { port }: { port?: number }) => serveProject(session, dir, port ?? null, show), {
          hasWindow: true,
        }),
      )
  add('serve', 'the window of one project on 127.0.0.1; prints its address', () => false)
  add('open', 'the same, and opens it in the browser', openBrowser)
}

async function serveProject({ desk, output }: Session, dir: string, port: number | null, show: (url: string) => boolean): Promise<void> {
  await desk.open(dir)
  const app = createApp(desk)
  const server = await (port === null ? serveAtLastPort(app) : serveLocally(app, port))
  // Whoever reads the address may end the program at once.
  const ended = new Promise<void>((resolve) => {
    process.once('SIGINT', resolve)
    process.once('SIGTERM', resolve)
  })
  const verb = show(server.url) ? 'Opening' : 'Open'
  output.result({ url: server.url }, [`${verb} ${server.url}`, '(the address works once; Ctrl+C ends the program)'])
  await ended
  server.close()
}
