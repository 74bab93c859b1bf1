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

/** To a view, by the rail. */
export async function goTo(page: Page, view: 'Label' | 'Catalogue'): Promise<void> {
  await page.getByRole('navigation').getByRole('link', { name: view, exact: true }).click()
}
