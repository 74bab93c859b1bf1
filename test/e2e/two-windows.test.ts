import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import type { Page } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import { drawnProject } from './support/drawn-project'
import { beginJourney } from './support/journey'
import { beginLabelling, galaxyId, questionName } from './support/labelling'
import { labelLog } from './support/project-file'
import { goTo } from './support/projects'

describe('two windows of one person', () => {
  const project = drawnProject('windows', { galaxies: 40, seed: 6 })
  const journey = beginJourney({ GALAXY_DESK_PROJECT: project })
  let other: Page
  const answers = () => labelLog(project).map(({ id, question, answer }) => ({ id, question, answer }))

  async function anotherWindow(): Promise<Page> {
    const page = await journey.page.context().newPage()
    await page.goto(new URL('/', journey.app.url).href)
    await goTo(page, 'Label')
    return page
  }

  test('an answer of one is seen in the other, which asks what comes next', async () => {
    const { page } = journey
    await beginLabelling(page, 'Ada')
    other = await anotherWindow()
    await other.getByTestId('question').waitFor()
    expect(await galaxyId(other)).toBe(await galaxyId(page))
    const first = await questionName(page)
    await page.keyboard.press('1')
    await expect.poll(() => questionName(other)).not.toBe(first)
    expect(await questionName(other)).toBe(await questionName(page))
    expect(await other.getByText('This galaxy was answered in another window meanwhile.').count()).toBe(1)
    expect(await page.getByText('in another window').count()).toBe(0)
  })

  test('both are closed on an answer while another program holds the catalogue: the next window writes both', async () => {
    const { page } = journey
    const before = answers()
    const holder = new Sqlite(join(project, 'catalogue.sqlite'))
    holder.exec('BEGIN IMMEDIATE')
    const given: { id: string; question: string }[] = []
    await other.keyboard.press('ArrowRight')
    await expect.poll(() => galaxyId(other)).not.toBe(await galaxyId(page))
    for (const window of [page, other]) {
      given.push({ id: await galaxyId(window), question: await questionName(window) })
      await window.keyboard.press('1')
      await window.getByTestId('save-failed').waitFor()
      expect(await window.getByTestId('save-failed').innerText()).toContain('Another program is writing to this project')
    }
    const next = await anotherWindow()
    await next.getByTestId('save-failed').waitFor()
    await page.close()
    await other.close()
    holder.exec('ROLLBACK')
    holder.close()
    await expect.poll(answers).toHaveLength(before.length + 2)
    const written = answers().slice(before.length)
    expect(written).toEqual(expect.arrayContaining(given.map((each) => expect.objectContaining(each) as object)))
    expect(journey.errors.splice(0).filter((text) => !text.includes('503'))).toEqual([])
    await next.getByTestId('question').waitFor()
    journey.page = next
  })
})
