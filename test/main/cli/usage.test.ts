import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findTree } from '@shared/science/tree/built-in'
import { createProject } from '@main/catalogue/project'
import { isBuilt } from '../api/support'
import { childrenOf, isAlive, until } from '../jobs/processes'
import { startCommand } from './support'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'galaxy-desk-usage-'))
  for (const name of ['p', 'fresh']) createProject(join(folder, name), findTree('rings'))
  writeFileSync(join(folder, 'rho.json'), '[[0.5, 0.6], [0.5]]')
  mkdirSync(join(folder, 'damaged'))
  writeFileSync(join(folder, 'damaged', 'catalogue.sqlite'), 'no database'.repeat(50))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const run = (...args: string[]) => startCommand(folder, args).ended

describe.skipIf(!isBuilt)('help', () => {
  it('is what a bare galaxy-desk and galaxy-desk help print', async () => {
    const { status, out, err } = await run()
    expect([status, err]).toEqual([0, ''])
    expect(out).toMatch(/^Usage: galaxy-desk /)
    expect(await run('help')).toEqual({ status: 0, out, err: '' })
  })

  it('of one command lists its options, also of one in a group', async () => {
    expect((await run('help', 'train')).out).toMatch(/^Usage: galaxy-desk train [^]*--epochs <n>/)
    expect((await run('train', '--help')).out).toBe((await run('help', 'train')).out)
    expect((await run('help', 'engine', 'install')).out).toMatch(/--wheel <file>/)
  })

  it('of a group is shown where its command is missing', async () => {
    const { status, err } = await run('engine')
    expect([status, err]).toEqual([2, expect.stringMatching(/^Usage: galaxy-desk engine [^]*install/)])
  })
})

// What is typed, then what must be on the one line of standard error.
const wrong: [string, RegExp][] = [
  ['tran p', /^error command\/usage: unknown command 'tran' \(Did you mean train\?\)\. See galaxy-desk help\.$/],
  ['help nosuch', /^error command\/unknown: There is no command "nosuch"\./],
  ['train', /^error command\/usage: missing required argument 'dir'\. See galaxy-desk help train\.$/],
  ['train p --modle x', /^error command\/usage: unknown option '--modle' \(Did you mean --model\?\)/],
  ['train p --model vgg', /^error option\/invalid: --model is vgg: .*"w20-cnn"/],
  ['train p --size 0', /^error option\/invalid: --size is 0: /],
  ['train p --epochs 1000000000', /^error option\/invalid: --epochs is 1000000000: .*10000/],
  ['train p --epochs ten', /^error option\/not-a-number: --epochs is "ten"/],
  ['train p --train blocks:2', /^error option\/invalid: --train is blocks:2: it must be all, or head/],
  ['train p --expert-weight 0', /^error option\/invalid: --expert-weight is 0: /],
  ['import p', /^error import\/nothing: /],
  ['import p --table absent.csv', /^error import\/no-table: .*absent\.csv/],
  ['import p --images absent', /^error import\/no-images: .*absent/],
  ['import p --images . --pixel-scale -1', /^error option\/invalid: --pixel-scale is -1: /],
  ['init p --tree rings', /^error project\/not-empty: /],
  ['init q --tree nope', /^error tree\/unknown: .*"nope"/],
  ['init q --tree absent.json', /^error tree\/unreadable: .*absent\.json/],
  ['split p --test 1.7', /^error option\/invalid: --test is 1\.7; it must be a share below 1/],
  ['split p --test 0.2 --initial 1.0', /^error option\/invalid: --initial is 1\.0; .*or all\.$/],
  ['split p --test 0.2', /^error split\/no-images: /],
  ['split absent --test 0.2', /^error catalogue\/missing: /],
  ['split damaged --test 0.2', /^error catalogue\/corrupt: /],
  ['acquire p --strategy best --count 3', /^error option\/invalid: --strategy is best: .*"mutual-information"/],
  ['acquire p --strategy random --count 3', /^error model\/none: /],
  ['predict p --samples 5000', /^error option\/invalid: --samples is 5000: .*1000/],
  ['predict p --out /nonexistent/x.csv', /^error export\/not-writable: \/nonexistent\/x\.csv: the folder \/nonexistent does not exist/],
  ['predict p --out x.fits', /^error export\/unknown-format: x\.fits: /],
  ['log p', /^error command\/usage: required option '--out <file>' not specified/],
  ['log p --out x.fits', /^error export\/unknown-format: x\.fits: label logs are written as \.csv/],
  ['agreement p --out x.fits', /^error export\/unknown-format: x\.fits: agreements are written as \.csv/],
  ['agreement p --between Ada', /^error option\/invalid: --between is Ada: name two annotators/],
  ['agreement p --between Ada Ben', /^error label\/unknown-annotator: Nobody labelled as "Ada"\. Nobody has labelled yet\./],
  ['quality p', /^error label\/unknown-annotator: Say whose\. Nobody has labelled yet\./],
  ['curve p --out /nonexistent/x.csv', /^error export\/not-writable: \/nonexistent\/x\.csv: /],
  ['measure', /^error option\/missing: /],
  ['measure --table absent.csv', /^error confusion\/unreadable: .*absent\.csv/],
  ['measure --table p', /^error confusion\/unreadable: .* p /],
  ['model vgg', /^error model\/unknown: .*"vgg"/],
  ['model w20-cnn --tree nope', /^error tree\/unknown: .*"nope"/],
  ['model w20-cnn --size -3', /^error option\/invalid: --size is -3: /],
  ['score', /^error option\/missing: /],
  ['score --rho absent.json', /^error score\/unreadable: absent\.json/],
  ['score --rho rho.json', /^error score\/ragged: Galaxy 1 has 1 samples, galaxy 0 has 2\./],
  ['label p --votes absent.csv', /^error round\/none: /],
  ['serve p --port 99999', /^error serve\/bad-port: There is no port 99999\./],
  ['jobs fresh --resume', /^error job\/none-stopped: /],
  ['jobs p --resume nosuch', /^error job\/unknown: .*nosuch/],
]

describe.skipIf(!isBuilt)('bad input', () => {
  it.each(wrong)('%s: says what is wrong on one line and exits 2', async (line, message) => {
    const { status, out, err } = await run(...line.split(' '))
    expect(err.trimEnd()).toMatch(message)
    expect([err.trimEnd().split('\n').length, out, status]).toEqual([1, '', 2])
  })

  it('makes no project that was refused', () => {
    expect(existsSync(join(folder, 'q'))).toBe(false)
  })
})

describe.skipIf(!isBuilt)('a failure', () => {
  it("that is nobody's bad input exits 1", async () => {
    // An engine that this machine has not: nothing in the command is wrong.
    const { status, err } = await startCommand(folder, ['model', 'w20-cnn'], {
      GALAXY_DESK_ENGINE: 'tensorflow',
      GALAXY_DESK_CACHE: folder,
    }).ended
    expect(err).toMatch(/^error engine\//)
    expect(status).toBe(1)
  })

  it('killed in the middle of a job leaves no process behind and nothing on the terminal', async () => {
    const { child, printed, ended } = startCommand(folder, ['sample', 'killed', '--galaxies', '200'])
    await until('the compute process at work', () => printed.err.includes('looking at galaxies'), 450_000)
    const [compute] = childrenOf(child.pid!, 'compute.js')
    child.kill('SIGKILL')
    expect((await ended).status).toBe(null)
    await until('the end of the compute process', () => !isAlive(compute!))
    expect(printed.err).not.toMatch(/EPIPE|ERR_IPC|\n\s+at /)
    expect(printed.err.length).toBeLessThan(4_000)
  }, 600_000)
})

describe.skipIf(!isBuilt || process.platform !== 'linux')('open', () => {
  it('opens the browser of the system at the address that it prints, and remembers the project', async () => {
    const bin = join(folder, 'bin')
    mkdirSync(bin)
    writeFileSync(join(bin, 'xdg-open'), `#!/bin/sh\nprintf %s "$1" > '${join(folder, 'opened')}'\n`)
    chmodSync(join(bin, 'xdg-open'), 0o755)
    const { child, printed, ended } = startCommand(folder, ['open', 'p'], { DISPLAY: ':9', PATH: `${bin}${delimiter}${process.env.PATH}` })
    const readOpened = () => (existsSync(join(folder, 'opened')) ? readFileSync(join(folder, 'opened'), 'utf8') : '')
    const opened = await until('an address', () => readOpened() || null)
    await until('the same in print', () => printed.out.includes(`Opening ${opened}\n`))
    expect((await fetch(opened, { redirect: 'manual' })).status).toBe(302)
    child.kill('SIGINT')
    expect((await ended).status).toBe(0)
    expect(readFileSync(join(folder, 'data', 'recent-projects.json'), 'utf8')).toContain(join(folder, 'p'))
  })

  it('without a screen only prints the address', async () => {
    const { child, printed, ended } = startCommand(folder, ['open', 'p'], { DISPLAY: '', WAYLAND_DISPLAY: '' })
    const address = await until('an address', () => /^Open (http:\/\/127\.0\.0\.1:\S+)\n/.exec(printed.out)?.[1])
    // It prints before it listens to signals; once it answers it does both.
    expect((await fetch(address, { redirect: 'manual' })).status).toBe(302)
    child.kill('SIGINT')
    expect((await ended).status).toBe(0)
  })
})
