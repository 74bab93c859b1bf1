import type { Page } from 'playwright-core'
import { goTo } from './projects'

export type RoundForm = { epochs?: number; count?: number; scratch?: boolean }
export type RoundSeen = { seconds: number; points: number[]; phases: string[] }

/** Starts `Train and choose next` in the Rounds view, with what is given set in the advanced fields. */
export async function startRound(page: Page, { epochs, count, scratch }: RoundForm = {}): Promise<void> {
  await goTo(page, 'Rounds')
  await page.getByText('Advanced', { exact: true }).click()
  if (scratch) await page.getByLabel('Weights').selectOption('scratch')
  if (epochs !== undefined) await page.getByLabel('Epochs').fill(String(epochs))
  if (count !== undefined) await page.getByLabel('Galaxies to choose').fill(String(count))
  await page.getByRole('button', { name: 'Train and choose next' }).click()
}

/** Watches a running round to its end: how many points the loss curve had as it grew, and the phases that were named. */
export async function watchRound(page: Page, limitMs: number): Promise<RoundSeen> {
  const startedAt = performance.now()
  const points: number[] = []
  const phases: string[] = []
  const card = page.locator('[data-testid="job"][data-kind="round"]')
  for (;;) {
    const state = await card.getAttribute('data-state')
    const chart = page.getByTestId('loss-chart')
    const drawn = (await chart.count()) > 0 ? Number(await chart.getAttribute('data-points')) : 0
    if (drawn > 0 && points.at(-1) !== drawn) points.push(drawn)
    const phase = page.getByTestId('job-phase')
    const text = (await phase.count()) > 0 ? (await phase.innerText().catch(() => '')).replace(/,? *\d+ of \d+$/, '') : ''
    if (text !== '' && phases.at(-1) !== text) phases.push(text)
    const seconds = (performance.now() - startedAt) / 1000
    if (state === 'done') return { seconds, points, phases }
    if (state === 'failed' || state === 'interrupted') throw new Error(await card.innerText())
    if (seconds * 1000 > limitMs) throw new Error(`the round did not end in ${limitMs / 1000} s: ${phases.join(', ')}`)
    await page.waitForTimeout(200)
  }
}

/** How many different colours a canvas shows: 1 when nothing is drawn. */
export const coloursOn = (page: Page, testId: string): Promise<number> =>
  page.locator(`[data-testid="${testId}"] canvas`).evaluate((canvas: HTMLCanvasElement) => {
    const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height)
    return new Set(new Uint32Array(data.buffer)).size
  })
