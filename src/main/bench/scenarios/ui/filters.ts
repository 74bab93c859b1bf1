import type { Page } from 'playwright-core'
import { answered } from './window'

export type FilterTimes = { readonly firstMs: number; readonly againMs: number[] }

const SMOOTH = 'smooth-or-featured_smooth'

/** What people look for, one of each kind that is read from somewhere else. */
export const filters = {
  'vote fraction': `${SMOOTH} > 0.5`,
  'predicted fraction': `predicted.${SMOOTH} > 0.9`,
  'score of the round': 'score > 0.5',
  'imported column': 'redshift < 0.05',
  'cone of 10 degrees': 'cone(180, 10, 10 deg)',
  flag: 'flagged',
  annotator: 'annotator = "Ada"',
  'beginning of an id': 'id ~ "58770000000012*"',
  'five conditions': `${SMOOTH} > 0.4 and votes(smooth-or-featured) >= 20 and dec > 0 and redshift < 0.15 and not labelled`,
} as const

/** Types a filter and searches. The time from Enter to the first rows of what is found. */
async function search(page: Page, filter: string): Promise<number> {
  const field = page.getByTestId('filter')
  await field.fill(filter)
  const before = await page.evaluate(() => globalThis.benchClock.found())
  // A list of completions may have opened, and Enter would take one of them.
  await field.press('End')
  await field.press('Enter')
  return answered(page.evaluate((before) => globalThis.benchClock.rowsPainted(before), before))
}

/** In a catalogue that shows every galaxy: the filter for the first time since the program started, and `again` times, every galaxy in between. */
export async function timeFilter(page: Page, filter: string, again: number): Promise<FilterTimes> {
  const firstMs = await search(page, filter)
  const againMs: number[] = []
  for (let run = 0; run < again; run++) {
    await search(page, '')
    againMs.push(await search(page, filter))
  }
  return { firstMs, againMs }
}
