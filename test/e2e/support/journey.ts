import { rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll } from 'vitest'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { launchBrowser, openPage, startApp, type RunningApp } from '../support'

export type Journey = {
  app: RunningApp
  browser: Browser
  page: Page
  /** What the browser reported; a journey takes out what it provoked itself. */
  errors: string[]
  /** Closes the window, starts the application, which has ended, again in the same folder, and opens its address in the same browser. */
  restart: (env?: Record<string, string>) => Promise<void>
}

/** Half a minute, as it is unless said, is not enough for a step on a machine that does four other things. */
const STEP_MS = 120_000

/**
 * One application with folders of its own and one browser window for all tests of a describe block; the tests are the steps of the journey.
 * Where a step fails, what was on screen is kept in the system's folder of temporary files, or in GALAXY_DESK_TEST_PICTURES.
 */
export function beginJourney(env: Record<string, string> = {}): Journey {
  const journey = {
    async restart(more: Record<string, string> = {}) {
      const context = journey.page.context()
      await journey.page.close()
      journey.app = await startApp({ folder: journey.app.folder, env: { ...env, ...more } })
      await open(context)
    },
  } as Journey

  async function open(owner: Browser | BrowserContext): Promise<void> {
    Object.assign(journey, await openPage(owner, journey.app.url))
    journey.page.setDefaultTimeout(STEP_MS)
  }

  beforeAll(async () => {
    journey.app = await startApp({ env })
    journey.browser = await launchBrowser()
    await open(journey.browser)
  })
  afterEach(async ({ task }) => {
    if (task.result?.state !== 'fail') return
    const path = join(process.env['GALAXY_DESK_TEST_PICTURES'] ?? tmpdir(), `galaxy-desk-${task.name.replaceAll(/\W+/g, '-').slice(0, 60)}.png`)
    await journey.page.screenshot({ path }).then(() => console.log(`on screen: ${path}`), console.error)
  })
  afterAll(async () => {
    await journey.browser?.close()
    await journey.app?.stop()
    if (journey.app) rmSync(journey.app.folder, { recursive: true, force: true })
  })
  return journey
}
