import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Browser, Page } from 'playwright-core'
import { packageRoot } from '@main/paths'
import { launchBrowser, openPage, startApp, type RunningApp } from './support'
import { computeProcess } from './support/processes'
import { startRound } from './support/rounds'

const EPOCHS = 200

/** The engine that this user chose once is gone; nothing is installed, and there is no graphics card that tests may count on. */
describe('a chosen engine that cannot be used', () => {
  const folder = mkdtempSync(join(tmpdir(), 'galaxy-desk-engine-'))
  const project = join(folder, 'projects', 'Sky.galaxydesk')
  const settings = join(folder, 'data', 'settings.json')
  const env = {
    GALAXY_DESK_ENGINE: '',
    GALAXY_DESK_DATA: join(folder, 'data'),
    GALAXY_DESK_CACHE: join(folder, 'cache'),
    GALAXY_DESK_PROJECT: project,
  }
  let app: RunningApp
  let browser: Browser
  let page: Page
  let errors: string[]
  const engine = () => page.getByTestId('engine').locator('.words')
  const dialog = () => page.getByRole('dialog', { name: 'Engine' })
  const choose = (name: string) => dialog().locator(`[data-engine="${name}"]`).getByRole('radio').check()

  beforeAll(async () => {
    const cli = join(packageRoot(), 'bin', 'galaxy-desk.mjs')
    execFileSync(process.execPath, [cli, 'sample', project, '--galaxies', '60', '--engine', 'wasm'], {
      env: { ...process.env, ...env },
      stdio: 'ignore',
    })
    mkdirSync(join(folder, 'data'), { recursive: true })
    writeFileSync(settings, JSON.stringify({ engine: 'tensorflow', other: 'kept' }))
    app = await startApp({ folder, env })
    browser = await launchBrowser()
    ;({ page, errors } = await openPage(browser, app.url))
  })
  afterAll(async () => {
    await browser?.close()
    await app?.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  test('is named in the status bar with the reason and what to do, and jobs are refused with it', async () => {
    await engine().getByText('The engine tensorflow cannot be used.').waitFor()
    expect(await engine().innerText()).toContain('galaxy-desk engine install')
    await startRound(page, { epochs: EPOCHS, count: 5 })
    const refusal = page.getByRole('alert').filter({ hasText: 'TensorFlow is not installed' })
    await refusal.waitFor()
    expect(await refusal.innerText()).toContain('engine/unusable')
    expect(await page.locator('[data-testid="job"][data-kind="round"]').count()).toBe(0)
    // The refusal itself, as the browser tells of it.
    expect(errors.splice(0).every((text) => text.includes('500'))).toBe(true)
  })

  test('another one is chosen in the window, and counts at once', async () => {
    await page.getByTestId('engine').click()
    await expect.poll(() => dialog().locator('[data-engine]').count()).toBe(5)
    const tensorflow = dialog().locator('[data-engine="tensorflow"]')
    expect(await tensorflow.innerText()).toContain('TensorFlow is not installed for Galaxy Desk.')
    expect(await tensorflow.getByRole('radio').isChecked()).toBe(true)
    expect(await dialog().locator('[data-engine="wasm"]').innerText()).toMatch(/CPU, \d+ thread/)
    await choose('wasm')
    await engine().getByText('wasm · CPU').waitFor()
    expect(await dialog().getByRole('alert').count()).toBe(0)
    expect(JSON.parse(readFileSync(settings, 'utf8'))).toEqual({ engine: 'wasm', other: 'kept' })
    await dialog().getByRole('button', { name: 'Close' }).click()
  })

  test('one that is chosen while a job runs counts after it', async () => {
    await page.getByRole('button', { name: 'Train and choose next' }).click()
    const job = page.locator('[data-testid="job"][data-kind="round"]')
    await page.locator('[data-testid="loss-chart"]').waitFor({ timeout: 600_000 })
    const running = computeProcess(app.process.pid!)
    await page.getByTestId('engine').click()
    await expect.poll(() => dialog().locator('[data-engine]').count()).toBe(5)
    await choose('cpu')
    await dialog().getByText('The change is made when it has ended.').waitFor()
    expect(await engine().innerText()).toContain('wasm')
    expect(computeProcess(app.process.pid!)).toBe(running)
    await dialog().getByRole('button', { name: 'Close' }).click()
    await job.getByRole('button', { name: 'Cancel' }).click()
    await engine().getByText('cpu · CPU').waitFor()
    expect(await job.getAttribute('data-state')).toBe('cancelled')
    await expect.poll(() => computeProcess(app.process.pid!)).not.toBe(running)
    // What was begun on wasm is not gone on with here, and the message says how.
    await job.getByRole('button', { name: 'Resume' }).click()
    await job.getByText('was begun on the engine wasm').waitFor()
    expect(errors).toEqual([])
  })

  test('the choice is that of the next start', async () => {
    await page.close()
    await app.stop()
    app = await startApp({ folder, env })
    ;({ page, errors } = await openPage(browser, app.url))
    await engine().getByText('cpu · CPU').waitFor()
    expect(errors).toEqual([])
  })
})
