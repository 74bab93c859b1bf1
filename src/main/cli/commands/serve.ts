import type { Command } from 'commander'
import { createApp } from '@main/api/app'
import { serveLocally } from '@main/api/serve'
import { numberOption } from '../options'
import { withDesk, type Session } from '../session'

/** `serve` and `open`: the window in a browser, until Ctrl+C. */
export function addServeCommands(program: Command): void {
  const add = (name: string, description: string) =>
    program
      .command(`${name} <dir>`)
      .description(description)
      .option('--port <n>', 'default: a free one', numberOption('port'))
      .action(withDesk(serveProject))
  add('serve', 'the window of one project on 127.0.0.1')
  add('open', 'the same, in the browser')
}

async function serveProject({ desk, output }: Session, dir: string, { port }: { port?: number }): Promise<void> {
  await desk.open(dir)
  const server = await serveLocally(createApp(desk), port ?? 0)
  output.result({ url: server.url }, [`Open ${server.url}`, '(the address works once; Ctrl+C ends the program)'])
  await new Promise<void>((resolve) => {
    process.once('SIGINT', resolve)
    process.once('SIGTERM', resolve)
  })
  server.close()
}
