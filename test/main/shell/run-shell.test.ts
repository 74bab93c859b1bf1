import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { runShell } from '@main/shell/run-shell'
import { rememberProject } from '@main/services/recent-projects'
import { isBuilt, surveyOnDisk } from '../api/support'
import { isAlive, until } from '../jobs/processes'
import { standIn, type StandIn } from './stand-in'

let folder: string
let started: StandIn[]
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'galaxy-desk-shell-'))
  process.env.GALAXY_DESK_DATA = join(folder, 'data')
  process.env.GALAXY_DESK_PROJECTS = join(folder, 'projects')
  process.env.GALAXY_DESK_ENGINE = 'cpu'
  rememberProject(await surveyOnDisk(folder))
  started = []
})
afterEach(async () => {
  for (const { electron, hasQuit } of started) {
    electron.app.quit()
    await hasQuit
  }
  delete process.env.GALAXY_DESK_DATA
  delete process.env.GALAXY_DESK_PROJECTS
  delete process.env.GALAXY_DESK_ENGINE
  rmSync(folder, { recursive: true, force: true })
})

/** The shell as src/main/index.ts starts it, up to its window. */
async function start(): Promise<StandIn & { readies: number[] }> {
  const it = standIn()
  const readies: number[] = []
  const running = runShell(it.electron, () => readies.push(it.windows.length))
  it.becomeReady()
  await running
  started.push(it)
  return Object.assign(it, { readies })
}

describe.skipIf(!isBuilt)('the shell', () => {
  it('declares its scheme before Electron is ready and serves it after', async () => {
    const { log, schemes } = await start()
    expect(log).toEqual(['scheme declared', 'ready', 'scheme app served'])
    expect(schemes).toEqual([{ scheme: 'app', privileges: { standard: true, secure: true, supportFetchAPI: true, stream: true } }])
  })

  it('serves the handler at app://galaxy-desk and nothing at other hosts', async () => {
    const { fetch } = await start()
    expect(await (await fetch('app://galaxy-desk/api/status')).json()).toMatchObject({ project: { name: 'survey' } })
    expect((await fetch('app://galaxy-desk/')).headers.get('content-security-policy')).toContain("default-src 'self'")
    expect((await fetch('app://galaxy-desk/api/galaxies/1/image')).headers.get('content-type')).toBe('image/png')
    for (const url of ['app://other/api/status', 'app://galaxy-desk.evil/api/status', 'app://galaxy-desk:1/api/status'])
      expect((await fetch(url)).status, url).toBe(404)
  })

  it('opens one window, isolated from Node, that shows our origin', async () => {
    const { windows } = await start()
    expect(windows.map(({ url }) => url)).toEqual(['app://galaxy-desk/'])
    expect(windows[0]!.options.webPreferences).toMatchObject({ contextIsolation: true, sandbox: true, nodeIntegration: false })
    expect(windows[0]!.isShown).toBe(false)
    windows[0]!.emit('ready-to-show')
    expect(windows[0]!.isShown).toBe(true)
  })

  it('is ready when the page has loaded, not before', async () => {
    const { windows, readies } = await start()
    expect(readies).toEqual([])
    windows[0]!.webContents.emit('did-finish-load')
    expect(readies).toEqual([1])
  })

  it('opens links in the browser of the system and leaves our page where it is', async () => {
    const { windows, externals } = await start()
    for (const url of ['https://data.galaxyzoo.org/', 'http://plain.example/', 'file:///etc/passwd', 'app://galaxy-desk/'])
      expect(windows[0]!.openHandler({ url })).toEqual({ action: 'deny' })
    expect(externals).toEqual(['https://data.galaxyzoo.org/'])
    const isPrevented = (url: string) => {
      let prevented = false
      windows[0]!.webContents.emit('will-navigate', { preventDefault: () => (prevented = true) }, url)
      return prevented
    }
    expect(isPrevented('https://evil.example/')).toBe(true)
    expect(isPrevented('app://galaxy-desk.evil/')).toBe(true)
    expect(isPrevented('app://galaxy-desk/#/label')).toBe(false)
  })

  it('shows dialogs to its own page and to no other frame', async () => {
    const desk = await start()
    desk.pickedPaths.push('/survey')
    expect(await desk.invoke('pick-folder', 'app://galaxy-desk/#/')).toBe('/survey')
    expect(await desk.invoke('pick-file', 'app://galaxy-desk/')).toBe('/survey')
    expect(desk.dialogs.map(({ properties }) => properties![0])).toEqual(['openDirectory', 'openFile'])
    for (const url of ['https://evil.example/', 'app://galaxy-desk.evil/', null])
      await expect(desk.invoke('pick-folder', url)).rejects.toThrow('own window')
    desk.pickedPaths.length = 0
    expect(await desk.invoke('pick-folder', 'app://galaxy-desk/')).toBeNull()
  })

  it('comes to the front when it is started a second time', async () => {
    const { windows, emit } = await start()
    windows[0]!.minimized = true
    emit('second-instance')
    expect([windows[0]!.minimized, windows[0]!.isFocused]).toEqual([false, true])
  })

  it('as second instance opens nothing, says it is there, and quits', async () => {
    const { electron, windows, log } = standIn({ isFirst: false })
    let readies = 0
    await runShell(electron, () => readies++)
    expect([readies, windows.length, log]).toEqual([1, 0, ['quit']])
  })

  it.each([
    ['its window is closed', (desk: StandIn) => desk.emit('window-all-closed')],
    ['the menu or a signal quits it', (desk: StandIn) => desk.electron.app.quit()],
  ])('when %s, closes the project and ends the compute process before it quits', async (_, end) => {
    const desk = await start()
    const log = join(folder, 'survey.galaxydesk', 'catalogue.sqlite-wal')
    const pid = await until('the compute process', () => desk.children[0]?.pid)
    // SQLite removes the log of writes when the last connection closes.
    expect(existsSync(log)).toBe(true)
    end(desk)
    await desk.hasQuit
    expect(existsSync(log)).toBe(false)
    await until('its end', () => !isAlive(pid))
  })

  it('runs the compute process as a utility process', async () => {
    const desk = await start()
    const status = async () => (await (await desk.fetch('app://galaxy-desk/api/status')).json()) as { engine: { engine: string } | null }
    let engine: string | undefined
    await until('the first child', () => desk.children[0])
    for (; engine === undefined; await delay(50)) engine = (await status()).engine?.engine
    expect(engine).toBe('cpu')
    expect(desk.children).toHaveLength(1)
  })

  it('opens the project before when the last one is damaged', async () => {
    const damaged = join(folder, 'damaged.galaxydesk')
    mkdirSync(damaged)
    writeFileSync(join(damaged, 'catalogue.sqlite'), 'no database'.repeat(50))
    rememberProject(damaged)
    const { fetch, windows } = await start()
    expect(windows).toHaveLength(1)
    expect(await (await fetch('app://galaxy-desk/api/status')).json()).toMatchObject({ project: { name: 'survey' } })
  })
})
