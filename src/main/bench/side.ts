import { spawn, type ChildProcessByStdio } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { AppError } from '@shared/science/errors'
import { fromSideSchema, type About, type FromSide, type SideSettings, type ToSide } from './protocol'

const STDERR = 2
/** Of what a side that failed wrote last. */
const STDERR_KEPT = 2_000

/** One side of a bench, in a process of its own: see [Note: Two sides]. */
export type Side = {
  about: About
  round: () => Promise<Extract<FromSide, { kind: 'round' }>>
  /** Ends the process and gives the most memory that it had resident, MiB; null where the system does not tell. */
  end: () => Promise<number | null>
  kill: () => void
}

/**
 * Starts a side and waits until it is ready. Rejects with `bench/no-peer` when the program or a package that it imports is not there, with the
 * side's own AppError, and with a plain Error when it failed otherwise. What libraries print goes to standard error only where `isShown`.
 */
export async function startSide(command: string, args: readonly string[], settings: SideSettings, isShown: boolean): Promise<Side> {
  const stdio = ['pipe', 'pipe', isShown ? STDERR : 'pipe'] as const
  const child = spawn(command, [...args, JSON.stringify(settings)], { stdio: [...stdio] }) as ChildProcessByStdio<
    Writable,
    Readable,
    Readable | null
  >
  // Not SIGKILL: a side may have processes of its own to end.
  const kill = () => void child.kill('SIGTERM')
  // Whoever stops the bench stops both sides.
  process.once('exit', kill)
  child.once('close', () => process.off('exit', kill))
  let printed = ''
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (printed = (printed + text).slice(-STDERR_KEPT)))
  const waiting: { resolve: (message: FromSide) => void; reject: (error: Error) => void }[] = []
  let failure: Error | null = null
  const fail = (error: Error) => {
    failure ??= error
    for (const { reject } of waiting.splice(0)) reject(failure)
  }
  child.once('error', (error: NodeJS.ErrnoException) =>
    fail(error.code === 'ENOENT' ? new AppError('bench/no-peer', `${command} is not there`) : error),
  )
  child.once('close', (code, signal) => fail(new Error(`${args.at(-1)} ended (${signal ?? `exit code ${code}`}): ${printed.trim()}`)))
  // A side that is gone says so by its end.
  child.stdin.on('error', () => undefined)
  createInterface({ input: child.stdout }).on('line', (line) => {
    const message = parseLine(line)
    if (message === null) process.stderr.write(`${line}\n`)
    else if (message.kind === 'failed')
      fail(message.code === null ? new Error(message.message) : new AppError(message.code, message.message))
    else waiting.shift()?.resolve(message)
  })
  const next = () =>
    new Promise<FromSide>((resolve, reject) => {
      if (failure) reject(failure)
      else waiting.push({ resolve, reject })
    })
  const ask = (message: ToSide) => {
    const answer = next()
    child.stdin.write(`${JSON.stringify(message)}\n`)
    return answer
  }
  try {
    const first = await next()
    if (first.kind === 'missing') throw new AppError('bench/no-peer', `${command} cannot import ${first.what}`)
    return {
      about: expectKind(first, 'ready').about,
      round: async () => expectKind(await ask({ kind: 'round' }), 'round'),
      end: async () => {
        const { peakMemoryMb } = expectKind(await ask({ kind: 'end' }), 'ended')
        await new Promise((resolve) =>
          child.exitCode === null && child.signalCode === null ? child.once('close', resolve) : resolve(null),
        )
        return peakMemoryMb
      },
      kill,
    }
  } catch (error) {
    kill()
    throw error
  }
}

function parseLine(line: string): FromSide | null {
  if (!line.startsWith('{')) return null
  try {
    return fromSideSchema.parse(JSON.parse(line))
  } catch (cause) {
    throw new Error(`a side of the bench said ${line}`, { cause })
  }
}

function expectKind<K extends FromSide['kind']>(message: FromSide, kind: K): Extract<FromSide, { kind: K }> {
  if (message.kind !== kind) throw new Error(`a side of the bench said ${message.kind} instead of ${kind}`)
  return message as Extract<FromSide, { kind: K }>
}
