import type { Page } from 'playwright-core'
import { answered, goTo } from './window'

export type ScrollTimes = { readonly wheelMs: number[]; readonly jumpFrameMs: number[]; readonly jumpMs: number[] }

/** One notch of a wheel, and a quick turn of it. */
const NOTCHES_PX = [120, 360]
const NOTCHES = 40
const NOTCH_EVERY_MS = 30

/** Opens the catalogue. The time from the click to its first rows. */
export async function openCatalogueView(page: Page): Promise<number> {
  await goTo(page, 'Catalogue')
  return rowsThere(page)
}

/** Shows the list as pictures or as a table. */
export async function showLayout(page: Page, layout: 'Gallery' | 'Table'): Promise<void> {
  await page.getByRole('button', { name: layout, exact: true }).click()
  await page.getByTestId(layout.toLowerCase()).waitFor()
  await rowsThere(page)
}

const rowsThere = (page: Page) => answered(page.evaluate(() => globalThis.benchClock.rowsPainted('')))

/** Times between frames while the wheel turns at `places` places all over the list, and while the bar jumps from place to place; and from each jump to its rows. */
export async function scrollList(page: Page, testId: 'gallery' | 'table', places: number): Promise<ScrollTimes> {
  const times: ScrollTimes = { wheelMs: [], jumpFrameMs: [], jumpMs: [] }
  await page.getByTestId(testId).hover()
  for (let place = 0; place < places; place++) {
    await page.evaluate(() => globalThis.benchClock.watchFrames())
    // The golden ratio: far from all places before.
    const share = ((place + 1) * 0.618) % 1
    times.jumpMs.push(await answered(page.evaluate(([id, at]) => globalThis.benchClock.jump(id, at), [testId, share] as const)))
    times.jumpFrameMs.push(...(await page.evaluate(() => globalThis.benchClock.frames())))
    await page.evaluate(() => globalThis.benchClock.watchFrames())
    for (let notch = 0; notch < NOTCHES; notch++) {
      const by = NOTCHES_PX[place % NOTCHES_PX.length]!
      await page.mouse.wheel(0, place % 3 === 2 ? -by : by)
      await page.waitForTimeout(NOTCH_EVERY_MS)
    }
    times.wheelMs.push(...(await page.evaluate(() => globalThis.benchClock.frames())))
  }
  return times
}
