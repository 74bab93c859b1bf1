import type { Browser, Page } from 'playwright-core'
import { openPage, startApp } from '../../browser'
import { installPageClock } from './page-clock'

export type OpenWindow = { readonly page: Page; close: () => Promise<void> }

/** The application, started anew on a project, and its window in a browser context of its own: nothing is left in any cache but the disk's. */
export async function openWindow(browser: Browser, folder: string, project: string): Promise<OpenWindow> {
  const app = await startApp({ folder, env: { GALAXY_DESK_PROJECT: project } })
  try {
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 } })
    await context.addInitScript(installPageClock)
    const { page, errors } = await openPage(context, app.url)
    return {
      page,
      async close() {
        await context.close()
        await app.stop()
        if (errors.length > 0) throw new Error(`the browser reported errors:\n${errors.join('\n')}`)
      },
    }
  } catch (error) {
    await app.stop()
    throw error
  }
}

/** Nothing that is measured takes minutes, however busy the machine: a page that no longer answers ends the bench. */
const LIMIT_MS = 180_000

/** What the page answers. Rejects where it does not. */
export async function answered<T>(answer: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`the window did nothing for ${LIMIT_MS / 1000} s after a key`)), LIMIT_MS)
  })
  try {
    return await Promise.race([answer, limit])
  } finally {
    clearTimeout(timer)
  }
}

/** To a view, by the rail. */
export async function goTo(page: Page, view: 'Label' | 'Catalogue'): Promise<void> {
  await page.getByRole('navigation').getByRole('link', { name: view, exact: true }).click()
}
