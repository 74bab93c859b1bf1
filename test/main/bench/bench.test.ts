import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { isBuilt } from '../api/support'
import { startCommand } from '../cli/support'
import { childrenOf, isAlive, until } from '../jobs/processes'

/** The form that scripts rely on: see docs/performance.md. */
const peerSchema = z.strictObject({
  ...{ name: z.string(), program: z.string(), medianMs: z.number().positive(), spread: z.number().nonnegative() },
  ...{ cpuMs: z.number().nullable(), peakMemoryMb: z.number().positive() },
})
const rowSchema = z.strictObject({
  // A lateness, alone of all, may be nothing at all.
  ...{ name: z.string(), engine: z.string().nullable(), unit: z.string(), program: z.string().min(3), medianMs: z.number().nonnegative() },
  ...{ p95Ms: z.number().nonnegative(), maxMs: z.number().nonnegative() },
  ...{ spread: z.number().nonnegative(), repeats: z.number().int().positive(), cpuMs: z.number().positive().nullable() },
  ...{ peakMemoryMb: z.number().positive(), ratioToPeer: z.number().positive().nullable(), cpuRatioToPeer: z.number().nullable() },
  ...{ memoryRatioToPeer: z.number().nullable(), difference: z.number().nonnegative().nullable(), noPeer: z.string().min(5).nullable() },
  ...{ peer: peerSchema.nullable(), notes: z.array(z.string()), report: z.string() },
})
const documentSchema = z.strictObject({
  machine: z.strictObject({
    ...{ processor: z.string().min(1), cores: z.number().int().positive(), memoryGib: z.number().positive(), flags: z.array(z.string()) },
    ...{
      system: z.string(),
      node: z.string(),
      galaxyDesk: z.string(),
      load: z.number(),
      date: z.iso.date(),
      warning: z.string().nullable(),
    },
  }),
  rows: z.array(rowSchema).min(1),
})

const TINY = { size: 32, batch: 2, galaxies: 8, rows: 50, epochs: 1, samples: 2 }
/** Settings as small as they can be; a setting that no bench has is refused, so they are named. */
const tiny = (...names: (keyof typeof TINY)[]) => [
  ...names.flatMap((name) => [`--${name}`, String(TINY[name])]),
  ...['--repeats', '2', '--engine', 'wasm'],
]
/** PyTorch's threads wait by spinning, which takes minutes of a step where tests run beside each other. */
const calm = { OMP_WAIT_POLICY: 'passive', GOMP_SPINCOUNT: '0' }
const NETWORKS = ['train', 'predict', 'head', 'w20']

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'galaxy-desk-bench-test-'))
  mkdirSync(join(folder, 'tmp'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const run = (args: readonly string[], env: Record<string, string> = {}) =>
  startCommand(folder, ['bench', ...args], { ...calm, TMPDIR: join(folder, 'tmp'), ...env }).ended

async function documentOf(...args: string[]) {
  const { status, out, err } = await run([...args, '--json'])
  expect(status, err).toBe(0)
  return documentSchema.parse(JSON.parse(out))
}

/** A program that stands where Python is expected. */
function program(name: string, script: string): string {
  const path = join(folder, name)
  writeFileSync(path, `#!/bin/sh\n${script}\n`)
  chmodSync(path, 0o755)
  return path
}

const canImport = (python: string, ...packages: string[]) =>
  spawnSync(python, ['-c', packages.length > 0 ? `import ${packages.join(', ')}` : ''], { timeout: 60_000 }).status === 0
const hasPython = canImport('python3')
const torchPython = process.env.GALAXY_DESK_PYTHON ?? 'python3'
const hasTorch = canImport(torchPython, 'torch', 'numpy', 'PIL')

describe.skipIf(!isBuilt)('bench', () => {
  it('runs every bench without a peer, in the form that scripts rely on', async () => {
    const names = [...NETWORKS, 'samples', 'score', 'images', 'import', 'import-labels', 'catalogue']
    const { rows } = await documentOf(...names, ...tiny('size', 'batch', 'galaxies', 'rows', 'epochs', 'samples'), '--no-peer')
    const main = [
      'train step',
      'predict',
      'head',
      'W+20 training',
      'samples from images',
      'samples from kept features',
      'score',
      'images',
      'import',
    ]
    for (const { name, medianMs } of rows) if (!name.endsWith('timer late')) expect(medianMs, name).toBeGreaterThan(0)
    for (const name of [...main, 'import beside labels', 'split']) expect(rows.map((row) => row.name)).toContain(name)
    for (const row of rows.filter(({ name }) => main.includes(name))) expect([row.name, row.repeats]).toEqual([row.name, 2])
    expect(rows.find(({ name }) => name === 'train step')).toMatchObject({
      engine: 'wasm',
      ratioToPeer: null,
      noPeer: 'left out by --no-peer',
    })
    // One sample beside several is ours on both sides.
    expect(rows.find(({ name }) => name === 'samples from images')!.ratioToPeer).toBeGreaterThan(0)
    expect(readdirSync(join(folder, 'tmp')).filter((name) => name.startsWith('galaxy-desk'))).toEqual([])
  }, 1_200_000)

  it('says why there is no ratio where Python is not there', async () => {
    const { rows } = await documentOf('import', '--rows', '20', '--repeats', '1', '--python', join(folder, 'absent'))
    expect(rows[0]).toMatchObject({ ratioToPeer: null, peer: null, noPeer: expect.stringMatching(/absent is not there; .*--python/) })
  })

  it.skipIf(!hasPython)('says why there is no ratio where Python has not the package', async () => {
    const bare = program('bare', 'exec python3 -S "$@"')
    const { rows } = await documentOf('head', ...tiny('batch', 'galaxies', 'epochs'), '--python', bare)
    expect(rows[0]).toMatchObject({ ratioToPeer: null, noPeer: expect.stringMatching(/cannot import torch; .*GALAXY_DESK_PYTHON/) })
  })

  it.skipIf(!hasPython)('compares the import with sqlite3, which every Python has', async () => {
    const { rows } = await documentOf('import', '--rows', '200', '--repeats', '3', '--python', 'python3')
    const [row] = rows
    expect(row!.peer!.program).toContain('sqlite3')
    expect(row!.ratioToPeer).toBeCloseTo(row!.medianMs / row!.peer!.medianMs)
    expect([row!.difference, row!.noPeer, row!.repeats]).toEqual([0, null, 3])
  })

  it.skipIf(!hasTorch)(
    'the peers compute the same as ours from the same files',
    async () => {
      const args = [...NETWORKS, 'score', 'images', ...tiny('size', 'batch', 'galaxies', 'epochs', 'samples'), '--python', torchPython]
      const { rows } = await documentOf(...args)
      expect(rows.map(({ name }) => name)).toEqual(['train step', 'predict', 'head', 'W+20 training', 'score', 'images'])
      for (const { name, difference, ratioToPeer, peer } of rows) {
        expect(difference, name).toBeLessThan(name === 'images' ? 0.02 : 1e-4)
        expect(ratioToPeer, name).toBeGreaterThan(0)
        expect(peer!.peakMemoryMb, name).toBeGreaterThan(10)
      }
    },
    600_000,
  )

  it('gives no times of a peer that computes something else', async () => {
    const about = { program: 'another', unit: 'training', values: [1, 2, 3] }
    const wrong = program('wrong', `echo '${JSON.stringify({ kind: 'ready', about })}'; cat > /dev/null`)
    const { status, out, err } = await run(['head', '--galaxies', '8', '--epochs', '1', '--python', wrong])
    expect([status, out]).toEqual([1, ''])
    expect(err).toMatch(/^error bench\/differs: head: the peer computes other values than ours/m)
  })

  it('fails with what a peer wrote last when it breaks', async () => {
    const broken = program('broken', 'echo "no memory left" >&2; exit 3')
    const { status, err } = await run(['import', '--rows', '20', '--python', broken])
    expect(status).toBe(1)
    expect(err).toMatch(/import\.py ended \(exit code 3\): no memory left/)
  })

  it.each([
    [['nosuch'], /^error bench\/unknown: There is no bench "nosuch"; there are train, /],
    [['head', '--rows', '3'], /^error option\/unused: --rows means nothing to bench head\./],
    [['head', '--repeats', '0'], /^error option\/invalid: --repeats is 0: /],
    [['images', '--size', '0'], /^error option\/invalid: --size is 0: /],
    [['head', '--engines', 'wasm,abacus'], /^error engine\/unknown-name: --engines is "abacus"/],
    [['images', '--images', 'absent', '--no-peer'], /^error import\/no-images: .*absent/m],
  ])('%j is refused in one line', async (args, message) => {
    const { status, out, err } = await run(args)
    expect([status, out]).toEqual([2, ''])
    expect(err.replace(/^The load was .*\n/, '')).toMatch(message)
  })

  it('stopped in the middle exits 130 and leaves neither files nor a side behind', async () => {
    const { child, printed, ended } = startCommand(folder, ['bench', 'import', '--rows', '2000000', '--no-peer'], {
      TMPDIR: join(folder, 'tmp'),
    })
    await until('the side at work', () => printed.err.includes('import: making ready') && childrenOf(child.pid!, 'bench.js').length > 0)
    const [side] = childrenOf(child.pid!, 'bench.js')
    child.kill('SIGTERM')
    expect((await ended).status).toBe(130)
    await until('the end of the side', () => !isAlive(side!))
    expect(readdirSync(join(folder, 'tmp')).filter((name) => name.startsWith('galaxy-desk'))).toEqual([])
  })

  it('lists the benches in its help', async () => {
    const { out } = await startCommand(folder, ['help', 'bench']).ended
    for (const name of ['train', 'samples', 'expert-weight']) expect(out).toMatch(new RegExp(`^ {2}${name} `, 'm'))
    expect(out).toMatch(/--batch <n> +default: train 16, /)
  })

  it('takes real images where a folder is given', async () => {
    const sharp = (await import('sharp')).default
    mkdirSync(join(folder, 'real'))
    for (const grey of [10, 200]) {
      const create = { width: 60, height: 40, channels: 3, background: { r: grey, g: grey, b: grey } } as const
      await sharp({ create })
        .jpeg()
        .toFile(join(folder, 'real', `${grey}.jpg`))
    }
    const { rows } = await documentOf(
      'images',
      '--images',
      join(folder, 'real'),
      '--size',
      '32',
      '--galaxies',
      '5',
      '--no-peer',
      '--repeats',
      '1',
    )
    expect(rows[0]).toMatchObject({ name: 'images', unit: 'image' })
  })
})
