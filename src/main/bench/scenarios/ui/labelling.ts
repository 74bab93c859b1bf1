import type { Page } from 'playwright-core'
import { createRandom } from '@shared/science/stats/random'
import { SEED } from '../support-tree'
import { answered, goTo } from './window'

const ANNOTATOR = 'Bench'

export type LabellingTimes = { readonly imageMs: number[]; readonly tickMs: number[] }

/** To the Label view with somebody's name. */
export async function beginLabelling(page: Page): Promise<void> {
  await goTo(page, 'Label')
  await page.getByLabel('Your name').fill(ANNOTATOR)
  await page.getByLabel('Your name').press('Enter')
  await page.locator('button[data-answer]').first().waitFor()
}

/**
 * Answers `galaxies` galaxies by keys along the tree, an answer drawn for every question, a key every `paceMs` but never before the tick of the one
 * before. Times as in [Note: The page's clock].
 */
export async function labelGalaxies(page: Page, galaxies: number, paceMs: number): Promise<LabellingTimes> {
  const random = createRandom(SEED, 'bench-answers', paceMs)
  const times: LabellingTimes = { imageMs: [], tickMs: [] }
  let answers = await page.locator('button[data-answer]').count()
  while (times.imageMs.length < galaxies) {
    const pressedAt = performance.now()
    await page.keyboard.press(String(1 + random.integer(answers)))
    const settled = await answered(page.evaluate(() => globalThis.benchClock.settled()))
    times.tickMs.push(settled.tickMs)
    if (settled.imageMs !== null) times.imageMs.push(settled.imageMs)
    if (settled.answers === 0) throw new Error(`the queue ended after ${times.imageMs.length} of ${galaxies} galaxies`)
    answers = settled.answers
    await page.waitForTimeout(Math.max(0, pressedAt + paceMs - performance.now()))
  }
  return times
}
