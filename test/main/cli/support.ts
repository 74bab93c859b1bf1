import { spawn, type ChildProcess } from 'node:child_process'
import { join } from 'node:path'
import { builtEntry } from '@main/paths'

export type Ended = { status: number | null; out: string; err: string }
export type Started = { child: ChildProcess; printed: { out: string; err: string }; ended: Promise<Ended> }

/** Starts `galaxy-desk` as it is built, with its own files in `folder`. */
export function startCommand(folder: string, args: readonly string[], env: Record<string, string> = {}): Started {
  const own = { GALAXY_DESK_DATA: join(folder, 'data'), GALAXY_DESK_ENGINE: 'wasm' }
  const child = spawn(process.execPath, [builtEntry('cli'), ...args], {
    cwd: folder,
    env: { ...process.env, ...own, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const printed = { out: '', err: '' }
  child.stdout.setEncoding('utf8').on('data', (data: string) => (printed.out += data))
  child.stderr.setEncoding('utf8').on('data', (data: string) => (printed.err += data))
  const ended = new Promise<Ended>((resolve) => child.once('close', (status) => resolve({ status, ...printed })))
  return { child, printed, ended }
}

/** The document that a command prints with --json. Fails when it did not end well, or printed anything beside it. */
export async function jsonOf(folder: string, ...args: string[]): Promise<unknown> {
  const { status, out, err } = await startCommand(folder, [...args, '--json']).ended
  if (status !== 0) throw new Error(`galaxy-desk ${args.join(' ')} ended with ${status}:\n${err}`)
  return JSON.parse(out)
}
