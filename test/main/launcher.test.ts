import { spawn, spawnSync } from 'node:child_process'
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { findTree } from '@shared/science/tree/built-in'
import { createProject } from '@main/catalogue/project'
import { packageRoot } from '@main/paths'
import { isBuilt } from './api/support'
import { childrenOf, isAlive, until } from './jobs/processes'

const OLD_NODE = '/usr/bin/node'
const isOldNodeThere =
  existsSync(OLD_NODE) && Number(spawnSync(OLD_NODE, ['-p', 'process.versions.napi'], { encoding: 'utf8' }).stdout) < 10
const ADDRESS = /http:\/\/127\.0\.0\.1:\d+\/\?token=\S+/

/** The program as it is packaged: built, without sources, so that it never builds. `user` holds what belongs to its user. */
let root: string
let user: string
beforeAll(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'galaxy-desk-installed-')))
  for (const name of [
    'bin',
    'scripts',
    'package.json',
    'package-lock.json',
    'electron.vite.config.ts',
    'tsconfig.base.json',
    'resources',
    'out',
  ]) {
    if (existsSync(join(packageRoot(), name))) cpSync(join(packageRoot(), name), join(root, name), { recursive: true })
  }
  symlinkSync(join(packageRoot(), 'node_modules'), join(root, 'node_modules'))
  user = join(root, 'user')
})
afterAll(() => rmSync(root, { recursive: true, force: true }))

type Started = { pid: number; output: () => string; kill: (signal: NodeJS.Signals) => void; ended: Promise<number> }
const running: Started[] = []
afterEach(async () => {
  for (const { kill, ended } of running.splice(0)) {
    kill('SIGTERM')
    await ended
  }
})

function start(args: string[], env: Record<string, string> = {}, node = process.execPath): Started {
  const base = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(DISPLAY|WAYLAND_DISPLAY|ELECTRON|GALAXY|NODE_OPTIONS|VITEST)/.test(name)),
  )
  const own = { GALAXY_DESK_DATA: join(user, 'data'), GALAXY_DESK_PROJECTS: join(user, 'projects'), GALAXY_DESK_ENGINE: 'cpu' }
  const child = spawn(node, args, { cwd: root, env: { ...base, ...own, ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
  let text = ''
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (data: string) => (text += data))
  const ended = new Promise<number>((resolve) => child.once('close', (code) => resolve(code ?? -1)))
  const started = { pid: child.pid!, output: () => text, kill: (signal: NodeJS.Signals) => void child.kill(signal), ended }
  running.push(started)
  return started
}

const startDesk = (env: Record<string, string> = {}, node?: string) => start([join(root, 'bin', 'start.mjs')], env, node)
const address = ({ output }: Started) => until(`an address in:\n${output()}`, () => ADDRESS.exec(output())?.[0])

/** A program in Electron's place. */
function fakeElectron(name: string, script: string): string {
  const path = join(root, name)
  writeFileSync(path, `#!/bin/sh\n${script}\n`)
  chmodSync(path, 0o755)
  return path
}

describe.skipIf(!isBuilt)('npm start', () => {
  const nameOfProject = async (url: string) => {
    const cookie = (await fetch(url, { redirect: 'manual' })).headers.getSetCookie()[0]!.split(';')[0]!
    for (;;) {
      const { project } = (await (await fetch(new URL('/api/status', url), { headers: { cookie } })).json()) as {
        project: { path: string } | null
      }
      if (project) return project.path
    }
  }

  it('without a display says so, and runs in the browser', async () => {
    const desk = startDesk()
    const page = await fetch(await address(desk), { redirect: 'manual' })
    expect(page.status).toBe(302)
    expect(desk.output()).toContain('there is no display. Galaxy Desk runs in your browser instead.')
  })

  it('opens the same project the second time', async () => {
    const first = startDesk()
    await address(first)
    const path = join(user, 'projects', 'Sample.galaxydesk')
    await until('the sample project', () => existsSync(join(path, 'catalogue.sqlite')))
    first.kill('SIGTERM')
    expect(await first.ended).toBe(0)
    const second = startDesk()
    expect(await nameOfProject(await address(second))).toBe(path)
  })

  it('opens the project that it is given', async () => {
    const path = createProject(join(user, 'given.galaxydesk'), findTree('rings'))
    const desk = start([join(root, 'bin', 'start.mjs'), join('user', 'given.galaxydesk')], { INIT_CWD: root })
    expect(await nameOfProject(await address(desk))).toBe(path)
  })

  it('computes on the engine that it is given', async () => {
    const desk = start([join(root, 'bin', 'start.mjs'), '--engine', 'wasm'])
    const url = await address(desk)
    const cookie = (await fetch(url, { redirect: 'manual' })).headers.getSetCookie()[0]!.split(';')[0]!
    const setting = await (await fetch(new URL('/api/status', url), { headers: { cookie } })).json()
    expect(JSON.stringify(setting)).toContain('"choice":"wasm"')
  })

  it('refuses what it does not know before it does anything', async () => {
    for (const args of [['--engin', 'wasm'], ['one.galaxydesk', 'two.galaxydesk'], ['--engine']]) {
      const desk = start([join(root, 'bin', 'start.mjs'), ...args])
      expect(await desk.ended).toBe(2)
      expect(desk.output()).toMatch(/^error start\/bad-arguments: .*npm start -- \[DIR\] \[--engine NAME\]/)
    }
  })

  it('stays in Electron once its window is up, and ends with it', async () => {
    const desk = startDesk({ DISPLAY: ':9', ELECTRON_EXEC_PATH: fakeElectron('opens', 'echo galaxy-desk:ready; sleep 0.2; exit 3') })
    expect(await desk.ended).toBe(3)
    expect(desk.output()).toBe('')
  })

  it('does without Electron when that ends at once', async () => {
    const desk = startDesk({ DISPLAY: ':9', ELECTRON_EXEC_PATH: fakeElectron('ends', 'exit 7') })
    await address(desk)
    expect(desk.output()).toContain('Electron ended before its window opened (exit code 7)')
  })

  it('does without Electron when that cannot be started', async () => {
    const desk = startDesk({ DISPLAY: ':9', ELECTRON_EXEC_PATH: join(root, 'absent') })
    await address(desk)
    expect(desk.output()).toContain('Electron does not start: ')
  })

  it('does without Electron when no window opens in ten seconds', async () => {
    const desk = startDesk({ DISPLAY: ':9', ELECTRON_EXEC_PATH: fakeElectron('hangs', 'exec sleep 600') })
    const pid = await until('Electron', () => childrenOf(desk.pid, 'sleep 600')[0])
    await address(desk)
    expect(desk.output()).toContain('Electron gave no sign of life in 10 s')
    await until('its end', () => !isAlive(pid))
  })

  it('does without Electron when it cannot be fetched, and does not try to', async () => {
    // An installation without the binary; the folder named here holds none.
    const desk = startDesk({ DISPLAY: ':9', ELECTRON_MIRROR: 'http://127.0.0.1:1/', ELECTRON_OVERRIDE_DIST_PATH: join(root, 'nowhere') })
    await address(desk)
    expect(desk.output()).toContain("Electron's download site cannot be reached")
    expect(desk.output()).not.toMatch(/Fetching Electron|no sign of life/)
  })

  it.each(['SIGTERM', 'SIGINT'] as const)('ended by %s takes Electron with it and starts nothing else', async (signal) => {
    const desk = startDesk({ DISPLAY: ':9', ELECTRON_EXEC_PATH: fakeElectron('stays', 'exec sleep 600') })
    const pid = await until('Electron', () => childrenOf(desk.pid, 'sleep 600')[0])
    desk.kill(signal)
    expect(await desk.ended).toBe(signal === 'SIGINT' ? 130 : 143)
    await until('its end', () => !isAlive(pid))
    expect(desk.output()).toBe('')
  })

  it.each(['SIGTERM', 'SIGINT', 'SIGKILL'] as const)('ended by %s leaves no compute process behind', async (signal) => {
    const desk = startDesk()
    const pid = await until('the compute process', () => childrenOf(desk.pid, 'compute.js')[0])
    desk.kill(signal)
    await desk.ended
    await until('its end', () => !isAlive(pid))
  })
})

describe.skipIf(!isBuilt || !isOldNodeThere)('under an older Node', () => {
  const probe = (script: string) => {
    const path = join(root, 'bin', 'probe.mjs')
    const head = "import { hasNewNode, runWithNewNode } from './node-guard.mjs'\nimport { fileURLToPath } from 'node:url'\n"
    writeFileSync(path, `${head}if (!hasNewNode()) runWithNewNode(fileURLToPath(import.meta.url))\nelse {\n${script}\n}\n`)
    return path
  }

  it('runs itself again with the Node that npm installed, with its arguments and its exit status', async () => {
    const child = start(
      [probe('console.log(process.versions.node, process.argv.slice(2).join()); process.exit(7)'), 'a', '--b'],
      {},
      OLD_NODE,
    )
    expect(await child.ended).toBe(7)
    expect(child.output()).toBe(`${process.versions.node} a,--b\n`)
  })

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('passes %s on and ends with %i', async (signal, status) => {
    const child = start([probe("console.log('up'); setInterval(() => undefined, 1000)")], {}, OLD_NODE)
    await until('the inner process', () => child.output().includes('up'))
    const [inner] = childrenOf(child.pid, 'probe.mjs')
    child.kill(signal)
    expect(await child.ended).toBe(status)
    expect(isAlive(inner!)).toBe(false)
  })

  it('npm start runs, and a signal ends all of it', async () => {
    const desk = startDesk({}, OLD_NODE)
    await address(desk)
    const inner = await until('the inner process', () => childrenOf(desk.pid, 'start.mjs')[0])
    const compute = await until('the compute process', () => childrenOf(inner, 'compute.js')[0])
    desk.kill('SIGTERM')
    expect(await desk.ended).toBe(0)
    await until('their end', () => !isAlive(inner) && !isAlive(compute))
  })
})

describe.skipIf(!isBuilt)('galaxy-desk', () => {
  const command = (...args: string[]) => start([join(root, 'bin', 'galaxy-desk.mjs'), ...args])

  it('runs what is built', async () => {
    const child = command('--version')
    expect([await child.ended, child.output()]).toEqual([0, expect.stringMatching(/^\d+\.\d+\.\d+\n$/)])
  })

  it('says on one line what is wrong and exits 2', async () => {
    const child = command('split', join(root, 'nowhere'), '--test', '0.2')
    expect([await child.ended, child.output()]).toEqual([2, expect.stringMatching(/^error catalogue\/missing: .+\n$/)])
  })

  it('older than its sources builds first, and says why that failed', async () => {
    mkdirSync(join(root, 'src'))
    writeFileSync(join(root, 'src', 'new.ts'), '')
    const child = command('--version')
    expect(await child.ended).toBe(1)
    expect(child.output()).toMatch(/error build\/failed: Galaxy Desk could not be built \(.+\); the reason is above\.\n$/)
    expect(child.output().split('\n').length).toBeGreaterThan(3)
  })
})
