import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readJobs } from '@main/catalogue/jobs'
import { openCatalogue } from '@main/catalogue/open'
import { builtEntry } from '@main/paths'
import { isBuilt } from '../api/support'
import { until } from '../jobs/processes'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'galaxy-desk-cli-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function start(...args: string[]) {
  const env = { ...process.env, GALAXY_DESK_DATA: join(folder, 'data'), GALAXY_DESK_ENGINE: 'cpu' }
  const child = spawn(process.execPath, [builtEntry('cli'), ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] })
  const printed = { out: '', err: '' }
  child.stdout.setEncoding('utf8').on('data', (data: string) => (printed.out += data))
  child.stderr.setEncoding('utf8').on('data', (data: string) => (printed.err += data))
  return { child, printed, ended: new Promise<number | null>((resolve) => child.once('close', resolve)) }
}

describe.skipIf(!isBuilt)('a command that is stopped', () => {
  it.each(['SIGINT', 'SIGTERM'] as const)('by %s, even twice at once, ends with 130 and its job is kept as cancelled', async (signal) => {
    const path = join(folder, 'sample.galaxydesk')
    const { child, printed, ended } = start('sample', path, '--galaxies', '20000', '--json')
    await until('the first galaxies', () => printed.err.includes('drawing galaxies'))
    child.kill(signal)
    child.kill(signal)
    expect(await ended).toBe(130)
    expect(printed.err.trimEnd().split('\n').at(-1)).toBe('error job/cancelled: The job was cancelled.')
    expect(printed.out).toBe('')
    const db = openCatalogue(path)
    expect(readJobs(db)).toMatchObject([{ state: 'cancelled', job: { kind: 'sample' } }])
    db.close()
  })
})

describe.skipIf(!isBuilt)('serve', () => {
  it('on a port that is taken says so and exits 2; ended by Ctrl+C it exits 0; the next start has the same address', async () => {
    const path = join(folder, 'p.galaxydesk')
    expect(await start('init', path, '--tree', 'rings').ended).toBe(0)
    const first = start('serve', path, '--json')
    const { url } = await until('its address', () => first.printed.out.includes('}') && (JSON.parse(first.printed.out) as { url: string }))
    const second = start('serve', path, '--port', new URL(url).port)
    expect(await second.ended).toBe(2)
    expect(second.printed.err).toMatch(/^error serve\/port-taken: /)
    first.child.kill('SIGINT')
    expect(await first.ended).toBe(0)
    // What a page keeps in the browser belongs to its address, port included.
    const again = start('serve', path, '--json')
    const next = await until('its address', () => again.printed.out.includes('}') && (JSON.parse(again.printed.out) as { url: string }))
    expect(new URL(next.url).origin).toBe(new URL(url).origin)
    again.child.kill('SIGINT')
    expect(await again.ended).toBe(0)
  })
})
