/** @file The built application and a real Chromium to look at it with: for `bench ui` and for the journeys of test/e2e. */
import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { AppError } from '@shared/science/errors'
import { builtEntry } from '@main/paths'

export type RunningApp = {
  url: string
  folder: string
  startedAtMs: number
  process: ChildProcess
  stop: (signal?: NodeJS.Signals) => Promise<void>
}

/** The built application in headless mode, with folders of its own. `folder` is reused to start the same one again. */
export async function startApp(options: { folder?: string; env?: Record<string, string> } = {}): Promise<RunningApp> {
  const folder = options.folder ?? mkdtempSync(join(tmpdir(), 'galaxy-desk-e2e-'))
  const env = {
    ...process.env,
    GALAXY_DESK_DATA: join(folder, 'data'),
    GALAXY_DESK_PROJECTS: join(folder, 'projects'),
    GALAXY_DESK_ENGINE: 'wasm',
    ...options.env,
  }
  const startedAtMs = performance.now()
  const child = spawn(process.execPath, [builtEntry('headless')], { env, stdio: ['ignore', 'pipe', 'pipe'] })
  const kill = () => void child.kill('SIGKILL')
  process.once('exit', kill)
  child.once('exit', () => process.off('exit', kill))
  let output = ''
  const url = await new Promise<string>((resolve, reject) => {
    const read = (data: Buffer) => {
      output += String(data)
      const found = /http:\/\/127\.0\.0\.1:\S+/.exec(output)
      if (found) resolve(found[0])
    }
    child.stdout.on('data', read)
    child.stderr.on('data', (data: Buffer) => (output += String(data)))
    child.once('exit', (code) => reject(new Error(`the application ended with ${code} before it listened:\n${output}`)))
  })
  const stop = (signal: NodeJS.Signals = 'SIGTERM') =>
    new Promise<void>((resolve) => {
      if (child.exitCode !== null || child.signalCode !== null) return resolve()
      child.once('exit', () => resolve())
      child.kill(signal)
    })
  return { url, folder, startedAtMs, process: child, stop }
}

/**
 * A headless Chromium: the one of the system named in GALAXY_DESK_CHROMIUM, else the one that npm installed. Not with the arguments that come
 * with that package: they make one process of all and turn the rules between pages off. Both packages are there in a checkout only; without them,
 * or where the browser does not start, `bench/no-browser`.
 */
export async function launchBrowser(): Promise<Browser> {
  const args = ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--disable-sync']
  try {
    const { chromium } = await import('playwright-core')
    const executablePath = process.env.GALAXY_DESK_CHROMIUM ?? (await (await import('@sparticuz/chromium')).default.executablePath())
    return await chromium.launch({ executablePath, args })
  } catch (cause) {
    const [reason] = (cause instanceof Error ? cause.message : String(cause)).split('\n')
    throw new AppError(
      'bench/no-browser',
      `A Chromium is needed, and none could be started (${reason}). Run \`npm install\` in a checkout of Galaxy Desk, or name a Chromium of the system in GALAXY_DESK_CHROMIUM; playwright-core is needed either way.`,
      { cause },
    )
  }
}

/** A page that collects every error the browser reports: in a context of its own, or beside the pages of one, with what they stored. */
export async function openPage(owner: Browser | BrowserContext, url: string): Promise<{ page: Page; errors: string[] }> {
  const context = 'newContext' in owner ? await owner.newContext({ viewport: { width: 1440, height: 900 } }) : owner
  const page = await context.newPage()
  const errors: string[] = []
  page.on('pageerror', (error) => errors.push(error.message))
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(message.text())
  })
  await page.goto(url)
  return { page, errors }
}
