/** @file Our side of a bench, in a process of its own: `bench.js SCENARIO SETTINGS`. See [Note: Two sides]. */
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { AppError } from '@shared/science/errors'
import { sideSettingsSchema, type FromSide, type ToSide } from './protocol'
import { scenarios, type Prepared } from './scenarios'

const KILOBYTES_PER_MEGABYTE = 1024

const [name, settings] = process.argv.slice(2)

function say(message: FromSide): void {
  process.stdout.write(`${JSON.stringify(message)}\n`)
}

/** Of this process since it began, MiB: the high-water mark of Linux, else what the system calls the largest resident set. */
function peakMemoryMb(): number {
  if (process.platform === 'linux') {
    const [, kilobytes] = /^VmHWM:\s*(\d+) kB/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? []
    if (kilobytes !== undefined) return Number(kilobytes) / KILOBYTES_PER_MEGABYTE
  }
  return process.resourceUsage().maxRSS / KILOBYTES_PER_MEGABYTE
}

async function round({ units = 1, round: work }: Prepared): Promise<FromSide> {
  const cpuBefore = process.cpuUsage()
  const startedAt = performance.now()
  const own = await work()
  const elapsedMs = performance.now() - startedAt
  const { user, system } = process.cpuUsage(cpuBefore)
  return {
    kind: 'round',
    times: own?.times ?? { '': [elapsedMs / units] },
    cpuMs: (user + system) / 1000 / units,
    report: own?.report ?? '',
  }
}

try {
  const prepare = scenarios[name!]
  if (prepare === undefined) throw new Error(`there is no scenario ${name}`)
  const prepared = await prepare(sideSettingsSchema.parse(JSON.parse(settings!)))
  say({ kind: 'ready', about: { engine: null, values: [], parameters: null, notes: [], ...prepared.about } })
  for await (const line of createInterface({ input: process.stdin })) {
    const message = JSON.parse(line) as ToSide
    if (message.kind === 'end') break
    say(await round(prepared))
  }
  await prepared.close?.()
  say({ kind: 'ended', peakMemoryMb: peakMemoryMb() })
} catch (error) {
  const text = error instanceof Error ? (error instanceof AppError ? error.message : (error.stack ?? error.message)) : String(error)
  say({ kind: 'failed', code: error instanceof AppError ? error.code : null, message: text })
}
// Threads of an engine would keep the process alive.
process.stdout.write('', () => process.exit(0))
