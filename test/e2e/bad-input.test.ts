import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { writeSample, type Sample } from '@main/ingest/write-sample'
import { beginJourney } from './support/journey'
import { countRows } from './support/project-file'
import { goTo, importReport } from './support/projects'

const GALAXIES = 12

/** What is wrong is said where it is wrong, and nothing of it gets into a project. */
describe('bad input from the window', () => {
  const journey = beginJourney()
  const folder = mkdtempSync(join(tmpdir(), 'galaxy-desk-bad-'))
  let survey: Sample
  const projectOf = (name: string) => join(journey.app.folder, 'projects', `${name}.galaxydesk`)

  beforeAll(async () => {
    survey = await writeSample(folder, { galaxies: GALAXIES, seed: 3 })
  })
  afterEach(() => goTo(journey.page, 'Projects'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  async function create(name: string, table: string): Promise<void> {
    const { page } = journey
    await page.getByRole('button', { name: 'New from a table' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('textbox', { name: 'Table' }).fill(table)
    await dialog.getByRole('textbox', { name: 'Folder of images' }).fill(survey.imageFolder)
    await dialog.getByLabel('Name', { exact: true }).fill(name)
    await dialog.getByRole('button', { name: 'Create project' }).click()
    await dialog.waitFor({ state: 'detached' })
  }

  test('a tree that goes in a circle is refused with the circle, and no project is made', async () => {
    const { page } = journey
    const path = join(folder, 'circle.json')
    const questions = [
      { name: 'first', answers: ['yes', 'no'] },
      { name: 'bar', answers: ['yes', 'no'], after: ['ring_yes'] },
      { name: 'ring', answers: ['yes', 'no'], after: ['bar_yes'] },
    ]
    writeFileSync(path, JSON.stringify({ id: 'circle', questions }))
    await page.getByRole('button', { name: 'New from a folder' }).click()
    await page.getByRole('textbox', { name: 'Folder of images' }).fill(survey.imageFolder)
    await page.getByLabel('Decision tree').selectOption('own')
    await page.getByRole('textbox', { name: 'Tree file' }).fill(path)
    await page.getByLabel('Name', { exact: true }).fill('Circle')
    await page.getByRole('button', { name: 'Create project' }).click()
    const message = await page.getByRole('dialog').getByRole('alert').innerText()
    expect(message).toMatch(/goes in a circle: .*(bar|ring)/)
    expect(message).toContain('tree/cycle')
    expect(existsSync(projectOf('Circle'))).toBe(false)
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click()
  })

  test('a misspelt vote column is named with the one that was meant, and nothing is imported', async () => {
    const table = join(folder, 'misspelt.csv')
    writeFileSync(table, readFileSync(survey.table, 'utf8').replace('smooth-or-featured_artifact', 'smooth-or-featured_artefact'))
    await create('Misspelt', table)
    const message = await journey.page.locator('[data-testid="job"] [role="alert"]').innerText()
    expect(message).toContain('"smooth-or-featured_artefact" (did you mean "smooth-or-featured_artifact"?)')
    expect(countRows(projectOf('Misspelt'), 'all_galaxies')).toBe(0)
    // The form is there to try again.
    await journey.page.getByRole('button', { name: 'Import', exact: true }).waitFor()
  })

  test('a truncated image is refused by its row and file, the others come in', async () => {
    const rows = readFileSync(survey.table, 'utf8').trim().split('\n')
    const file = rows[5]!.split(',')[1]!
    const path = join(survey.imageFolder, file)
    writeFileSync(path, readFileSync(path).subarray(0, 2000))
    await create('Truncated', survey.table)
    const report = await importReport(journey.page, 300_000)
    expect(report).toContain(`${GALAXIES - 1} galaxies imported, 1 rows refused.`)
    const refused = await journey.page.getByRole('table', { name: 'Refused rows' }).locator('tbody tr').allInnerTexts()
    expect(refused).toHaveLength(1)
    expect(refused[0]).toMatch(/^6\s/)
    expect(refused[0]).toContain(file)
    expect(countRows(projectOf('Truncated'), 'galaxies')).toBe(GALAXIES - 1)
    expect(journey.errors.filter((text) => !text.includes('400'))).toEqual([])
  })
})
