import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { launchBrowser } from '@main/bench/browser'
import { filters } from '@main/bench/scenarios/ui/filters'
import { isBuilt } from '../api/support'
import { startCommand } from '../cli/support'

type Row = { name: string; medianMs: number; p95Ms: number; maxMs: number; repeats: number }

/** The packages may be there and the libraries of the system that Chromium needs not. */
const reason = await launchBrowser().then(
  (browser) => browser.close().then(() => ''),
  (error: unknown) => String(error),
)
if (reason !== '') console.log(`bench ui is not tested: ${reason}`)

const GALAXIES = 300
const LABELS = 2

let folder: string
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'galaxy-desk-bench-ui-'))))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const tiny = ['bench', 'ui', '--galaxies', String(GALAXIES), '--labels', String(LABELS), '--samples', '1']

describe.skipIf(!isBuilt)('bench ui', () => {
  it.skipIf(reason !== '')(
    'labels by keys, scrolls and filters in a real browser, and keeps the survey for the next run',
    async () => {
      const keep = join(folder, 'kept')
      const { status, out, err } = await startCommand(folder, [...tiny, '--keep', keep, '--json']).ended
      expect(status, err).toBe(0)
      const { rows } = JSON.parse(out) as { rows: Row[] }
      const row = (name: string) => rows.find((each) => each.name === name)
      for (const name of ['key to next image', 'key to next image, as fast as the tick']) expect(row(name)?.repeats, name).toBe(LABELS)
      // A galaxy has several questions, each with a tick.
      for (const name of ['key to tick', 'key to tick, as fast as the tick'])
        expect(row(name)!.repeats, name).toBeGreaterThanOrEqual(LABELS)
      for (const layout of ['gallery', 'table']) {
        expect(row(`${layout}: jump to its rows`)?.repeats).toBe(1)
        expect(row(`${layout}: frame while the wheel turns`)!.repeats).toBeGreaterThan(1)
      }
      for (const name of Object.keys(filters)) {
        expect(row(`filter, first: ${name}`)?.repeats, name).toBe(1)
        expect(row(`filter, again: ${name}`)?.repeats, name).toBe(1)
      }
      for (const { name, medianMs, p95Ms, maxMs } of rows) {
        expect(medianMs, name).toBeGreaterThan(0)
        expect([medianMs, p95Ms, maxMs], name).toEqual([medianMs, p95Ms, maxMs].toSorted((a, b) => a - b))
      }
      expect(readdirSync(keep).filter((name) => name.endsWith('.galaxydesk'))).toHaveLength(1)
    },
    600_000,
  )

  it('says what to do where no browser can be started', async () => {
    const { status, out, err } = await startCommand(folder, tiny, { GALAXY_DESK_CHROMIUM: join(folder, 'absent') }).ended
    expect([status, out]).toEqual([2, ''])
    expect(err).toMatch(/^error bench\/no-browser: A Chromium is needed, .*npm install.*GALAXY_DESK_CHROMIUM/m)
  })

  it('keeps nothing for a bench that has nothing to keep', async () => {
    const { status, err } = await startCommand(folder, ['bench', 'import', '--keep', folder]).ended
    expect(status).toBe(2)
    expect(err).toMatch(/error option\/unused: --keep means nothing to bench import/)
  })
})
