import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { sharedData } from './support'
import { beginJourney } from './support/journey'
import { countRows, projectsIn } from './support/project-file'
import { goTo, importReport, pick, split } from './support/projects'
import { startRound, watchRound } from './support/rounds'

const table = join(sharedData, 'gz2', 'gz2_votes.csv')
const INITIAL = 120
const CHOSEN = 24

/** Recorded votes answer instead of the expert. Runs where the table and its images are beside the checkout. */
describe.skipIf(!existsSync(table))('a table of volunteers’ votes with images', () => {
  const journey = beginJourney()
  const project = () => projectsIn(journey.app.folder).find((path) => path.endsWith('GZ2.galaxydesk'))!

  test('is imported with a report of what its columns were taken for', async () => {
    const { page } = journey
    await page.getByRole('button', { name: 'New from a table' }).click()
    await pick(page, 'Table', table, 'file')
    await pick(page, 'Folder of images', join(sharedData, 'gz2', 'images'), 'folder')
    await page.getByLabel('Name', { exact: true }).fill('GZ2')
    await page.getByRole('button', { name: 'Create project' }).click()
    const report = await importReport(page, 300_000)
    expect(report).toMatch(/\d+ galaxies imported/)
    expect(report).toContain('id_str')
    const imported = Number(/([\d,]+) galaxies imported/.exec(report)![1]!.replace(',', ''))
    expect(countRows(project(), 'galaxies')).toBe(imported)
    expect(countRows(project(), 'votes')).toBe(imported)
    expect(journey.errors).toEqual([])
  })

  test('is split with the first set’s votes revealed and no others', async () => {
    await split(journey.page, { test: 100, initial: INITIAL })
    expect(countRows(project(), 'revealed_votes')).toBe(INITIAL)
  })

  test('trains on the recorded votes and opens round 1', async () => {
    const { page } = journey
    await startRound(page, { epochs: 4, count: CHOSEN })
    const { seconds, points } = await watchRound(page, 1_500_000)
    console.log(`training on recorded votes: ${seconds.toFixed(0)} s`)
    expect(points.at(-1)).toBe(4)
    await page.locator('[data-testid="round-row"][data-round="1"]', { hasText: '(open)' }).waitFor()
    expect(countRows(project(), 'revealed_votes')).toBe(INITIAL)
  })

  test('reveals the votes of the open round by the button', async () => {
    const { page } = journey
    await page.getByRole('button', { name: 'Reveal recorded votes of round 1' }).click()
    expect(await page.getByTestId('revealed').innerText()).toContain(`${CHOSEN} galaxies`)
    expect(countRows(project(), 'revealed_votes WHERE round = 1')).toBe(CHOSEN)
    const row = page.locator('[data-testid="round-row"][data-round="1"]')
    await expect.poll(() => row.locator('td').nth(4).innerText()).toBe(String(CHOSEN))
  })

  test('shows errors per question and answer on the test set', async () => {
    const { page } = journey
    await goTo(page, 'Results')
    expect(await page.getByTestId('mean-rmse').innerText()).toMatch(/0\.\d{3} mean RMSE of vote fractions, against 0\.\d{3}/)
    const smooth = page.locator('[data-question="smooth-or-featured"]')
    expect(await smooth.getByTestId('accuracy').innerText()).toMatch(/^\d+\.\d %$/)
    expect(await smooth.locator('td').last().innerText()).toMatch(/^\d+$/)
    expect(await page.getByTestId('question-metrics').count()).toBe(11)
    expect(journey.errors).toEqual([])
  })
})
