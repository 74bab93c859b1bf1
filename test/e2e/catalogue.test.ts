import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import sharp from 'sharp'
import { describe, expect, test } from 'vitest'
import { coveredTexts, hindrances, settled } from './support/axe'
import { beginJourney } from './support/journey'
import { labelLog, projectsIn, readCatalogue } from './support/project-file'
import { importReport, pick, split } from './support/projects'

const GALAXIES = 60
const ROUND = 40
/** Six columns and three rows, as a sheet starts. */
const ON_PAGE = 18
/** A page counts as seen after less. */
const SEEN_MS = 600

/** A ring for every third galaxy, drawn small. */
async function drawGalaxy(path: string, hasRing: boolean): Promise<void> {
  const ring = hasRing ? '<circle cx="32" cy="32" r="20" fill="none" stroke="#8ac" stroke-width="4"/>' : ''
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="64" height="64"><rect width="64" height="64"/><circle cx="32" cy="32" r="7" fill="#eca"/>${ring}</svg>`
  await sharp(Buffer.from(svg)).jpeg().toFile(path)
}

/** The catalogue and the contact sheet of a survey of rings, from the keyboard. */
describe('a survey with one question', () => {
  const journey = beginJourney()
  const project = () => projectsIn(journey.app.folder).find((path) => path.endsWith('Rings.galaxydesk'))!
  const view = (name: string) => journey.page.getByRole('navigation', { name: 'Views' }).getByRole('link', { name, exact: true }).click()
  const sheetIds = () =>
    journey.page.locator('[data-galaxy]').evaluateAll((cells) => cells.map((cell) => cell.getAttribute('data-galaxy')!))
  /** Waits until another page than that of these galaxies is there, and for so long that it counts as seen. */
  async function untilOtherPage(before: readonly string[]): Promise<void> {
    const isOther = async () => {
      const [first] = await sheetIds()
      return first !== undefined && first !== before[0]
    }
    await expect.poll(isOther).toBe(true)
    await journey.page.waitForTimeout(SEEN_MS)
  }
  const savedText = () => journey.page.getByTestId('sheet-saved').innerText()
  /** What stands of the log: answers that were not taken back. */
  const standing = () => {
    const log = labelLog(project())
    const undone = new Set(log.map(({ undoes }) => undoes))
    return log.filter(({ kind, uuid }) => kind !== 'undo' && !undone.has(uuid)).map(({ id, answer }) => `${id} ${answer}`)
  }
  const batches = () => readCatalogue(project(), (db) => db.prepare('SELECT count(DISTINCT batch) FROM labels').pluck().get())

  test('is imported and split', async () => {
    const { page, app } = journey
    const images = join(app.folder, 'images')
    mkdirSync(images)
    for (let i = 0; i < GALAXIES; i++) await drawGalaxy(join(images, `ring-${String(i).padStart(3, '0')}.jpg`), i % 3 === 0)
    await page.getByRole('button', { name: 'New from a folder' }).click()
    await pick(page, 'Folder of images', images, 'folder')
    await page.getByLabel('Decision tree').selectOption('rings')
    await page.getByLabel('Name', { exact: true }).fill('Rings')
    await page.getByRole('button', { name: 'Create project' }).click()
    await importReport(page, 300_000)
    await split(page, { test: 10, initial: ROUND - 10 })
  })

  test('a page of the sheet is marked and saved by keys, as one, and the log holds exactly that', async () => {
    const { page } = journey
    await view('Sheet')
    await page.getByLabel('Your name').fill('Ada')
    await page.keyboard.press('Enter')
    await page.locator('[data-galaxy] img').first().waitFor()
    await page.getByTestId('sheet-unmarked').selectOption('no')
    await page.getByTestId('sheet').focus()
    await expect.poll(sheetIds).toHaveLength(ON_PAGE)
    await page.waitForTimeout(SEEN_MS)
    const ids = await sheetIds()
    await page.keyboard.press('Space')
    for (const key of ['ArrowDown', 'ArrowRight', 'Space', 'ArrowRight', 'ArrowRight', 'Shift+ArrowRight']) await page.keyboard.press(key)
    await expect(page.getByTestId('sheet-count').innerText()).resolves.toBe('4 of 18 marked')
    await page.keyboard.press('Enter')
    await expect.poll(savedText).toBe('✓ Saved: 18 galaxies (4 yes, 14 no)')
    const marked = new Set([0, 7, 9, 10])
    expect(standing()).toEqual(ids.map((id, at) => `${id} ${marked.has(at) ? 'yes' : 'no'}`))
    expect(batches()).toBe(1)
    await untilOtherPage(ids)
    expect(await sheetIds()).not.toContain(ids[0])
  })

  test('one undo takes the page back and shows it with its marks', async () => {
    const { page } = journey
    const after = await sheetIds()
    await page.keyboard.press('z')
    await expect.poll(savedText).toBe('✓ Taken back: 18 galaxies')
    expect(standing()).toEqual([])
    await untilOtherPage(after)
    await expect(page.getByTestId('sheet-count').innerText()).resolves.toBe('4 of 18 marked')
    const back = await sheetIds()
    await page.keyboard.press('Enter')
    await expect.poll(savedText).toBe('✓ Saved: 18 galaxies (4 yes, 14 no)')
    expect(standing()).toHaveLength(18)
    await untilOtherPage(back)
  })

  test('a page that was confirmed while the server was gone is saved by the next window, once', async () => {
    const { page } = journey
    const ids = await sheetIds()
    await journey.app.stop('SIGKILL')
    await page.keyboard.press('Space')
    await page.keyboard.press('Enter')
    await page.getByTestId('sheet-failed').waitFor()
    expect(await page.getByTestId('sheet-saved').count()).toBe(0)
    await journey.restart()
    await expect.poll(() => journey.page.getByTestId('project-name').innerText()).toBe('Rings')
    await view('Sheet')
    await expect.poll(() => standing().length).toBe(36)
    expect(standing().slice(18)).toEqual(ids.map((id, at) => `${id} ${at === 0 ? 'yes' : 'no'}`))
    expect(journey.errors).toEqual([])
  })

  test('pages are turned with their marks, which outlast a reload and are saved as one', async () => {
    const { page } = journey
    const count = () => page.getByTestId('sheet-count').innerText()
    await view('Catalogue')
    await page.locator('[data-place="0"] img').waitFor()
    await page.keyboard.press('l')
    await expect.poll(() => page.getByTestId('sheet-source').innerText()).toContain('60 galaxies')
    for (let n = 0; n < 4 && (await sheetIds()).length !== 2; n++) {
      const before = (await sheetIds()).length
      await page.keyboard.press('+')
      await expect.poll(async () => (await sheetIds()).length).not.toBe(before)
    }
    const first = await sheetIds()
    expect(first).toHaveLength(2)
    await page.keyboard.press('Space')
    await expect.poll(count).toBe('1 of 2 marked')
    await page.keyboard.press('PageDown')
    await expect.poll(async () => (await sheetIds()).some((id) => first.includes(id))).toBe(false)
    await page.keyboard.press('ArrowRight')
    await page.keyboard.press('Space')
    await expect.poll(count).toBe('1 of 2 marked, 1 on other pages')
    const second = await sheetIds()
    await page.reload()
    await expect.poll(sheetIds).toEqual(second)
    await expect.poll(count).toBe('1 of 2 marked, 1 on other pages')
    await page.keyboard.press('PageUp')
    await expect.poll(sheetIds).toEqual(first)
    await expect.poll(count).toBe('1 of 2 marked, 1 on other pages')
    await page.waitForTimeout(SEEN_MS)
    // The first page, and the mark on the second.
    await page.keyboard.press('Enter')
    await expect.poll(savedText).toBe('✓ Saved: 3 galaxies (2 yes, 1 no)')
    expect(standing().slice(36)).toEqual([`${first[0]} yes`, `${first[1]} no`, `${second[1]} yes`])
    // Nothing else is changed for the steps after.
    await untilOtherPage(first)
    await page.keyboard.press('z')
    await expect.poll(() => standing().length).toBe(36)
    await expect.poll(savedText).toBe('✓ Taken back: 3 galaxies')
    await page.keyboard.press('Shift+Delete')
    for (const size of [6, 12, 18]) {
      await page.keyboard.press('-')
      await expect.poll(async () => (await sheetIds()).length).toBeGreaterThan(size - 6)
    }
    await page.keyboard.press('b')
    await expect.poll(() => page.getByTestId('sheet-source').innerText()).toBe('Round 0')
    expect(journey.errors).toEqual([])
  })

  test('the catalogue finds what was labelled, by text and by chips, and marks a fault in its place', async () => {
    const { page } = journey
    await view('Catalogue')
    await page.locator('[data-place="0"] img').waitFor()
    const filter = page.getByTestId('filter')
    await filter.fill('answered(ring) = yes')
    await filter.press('Enter')
    await expect.poll(() => page.getByTestId('found').innerText()).toMatch(/^5 galaxies/)
    await page.getByRole('button', { name: 'Take out answered(ring) = yes' }).click()
    await expect.poll(() => page.getByTestId('found').innerText()).toMatch(/^60 galaxies/)
    await filter.fill('labelled and anotated = 3')
    await filter.press('Enter')
    await expect.poll(() => page.locator('[data-testid="filter-error"] mark').innerText()).toBe('anotated')
    await filter.fill('not answered(ring)')
    await filter.press('Enter')
    await page.getByTestId('filter-error').waitFor({ state: 'detached' })
    expect(journey.errors.splice(0)).toEqual([expect.stringContaining('400')])
  })

  test('a condition is changed where it stands, and taken out, by keys alone', async () => {
    const { page } = journey
    const chips = () => page.getByTestId('chips').locator('li').allInnerTexts()
    const found = () => page.getByTestId('found').innerText()
    await page.getByTestId('filter').fill('answered(ring) = yes and (test or labelled)')
    await page.getByTestId('filter').press('Enter')
    await expect.poll(found).toMatch(/^5 galaxies/)
    await page.getByTestId('filter').press('Escape')
    // To the first chip, which opens with its values.
    await page.keyboard.press('e')
    await page.keyboard.press('Enter')
    const form = page.getByTestId('condition')
    await form.waitFor()
    const [question, answer] = ['Question', 'Answer'].map((name) => form.getByRole('combobox', { name, exact: true }))
    expect([await question!.inputValue(), await answer!.inputValue()]).toEqual(['ring', 'yes'])
    await answer!.selectOption('no')
    await form.getByRole('button', { name: 'Change' }).press('Enter')
    await expect.poll(found).toMatch(/^31 galaxies/)
    expect(await page.getByTestId('filter').inputValue()).toBe('answered(ring) = no and (test or labelled)')
    // The second has no fields of its own: it is changed as text.
    await expect.poll(() => page.evaluate(() => document.activeElement?.getAttribute('data-chip'))).toBe('0')
    await page.keyboard.press('e')
    await page.keyboard.press('Enter')
    await expect.poll(() => form.getByRole('textbox', { name: 'Condition' }).inputValue()).toBe('test or labelled')
    await page.keyboard.type('pool or')
    await page.keyboard.press('Enter')
    await form.getByRole('alert').waitFor()
    await form.getByRole('textbox', { name: 'Condition' }).fill('not labelled')
    await page.keyboard.press('Enter')
    await expect.poll(chips).toHaveLength(2)
    await expect.poll(() => page.evaluate(() => document.activeElement?.getAttribute('data-chip'))).toBe('1')
    await page.keyboard.press('Delete')
    await expect.poll(chips).toEqual([expect.stringContaining('answered(ring) = no')])
    await page.keyboard.press('Delete')
    await expect.poll(found).toMatch(/^60 galaxies/)
    expect(journey.errors).toEqual([])
  })

  test('keys choose in it, and the chosen galaxies come on a sheet in their order', async () => {
    const { page } = journey
    await page.getByTestId('filter').fill('')
    // As many may have stood there before: the search begins anew at its first galaxy once it is answered.
    const searched = page.waitForResponse((reply) => new URL(reply.url()).pathname === '/api/search')
    await page.getByTestId('filter').press('Enter')
    await (await searched).finished()
    await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))))
    await expect.poll(() => page.getByTestId('found').innerText()).toMatch(/^60 galaxies/)
    await page.getByTestId('gallery').focus()
    await page.keyboard.type('57')
    await page.keyboard.press('Enter')
    await page.keyboard.press('Shift+End')
    await expect(page.getByTestId('chosen').innerText()).resolves.toContain('4 chosen')
    const wanted = ['ring-056', 'ring-057', 'ring-058', 'ring-059'].filter((id) => !standing().some((line) => line.startsWith(id)))
    await page.keyboard.press('l')
    await expect.poll(() => page.getByTestId('sheet-source').innerText()).toContain('4 galaxies')
    await expect.poll(sheetIds).toEqual(wanted)
  })

  test('nothing serious hinders anybody on the sheet or in either layout of the catalogue', async () => {
    const { page } = journey
    const found: string[] = []
    await page.getByRole('button', { name: 'Back to the round' }).click()
    await page.locator('[data-galaxy] img').first().waitFor()
    await page.keyboard.press('Space')
    found.push(...(await hindrances(page, 'sheet')))
    await view('Catalogue')
    for (const layout of ['Table', 'Gallery']) {
      await page.getByRole('button', { name: layout, exact: true }).click()
      await page.locator('[data-place="0"]').waitFor()
      found.push(...(await hindrances(page, layout)))
    }
    await page.getByRole('button', { name: 'Add a condition' }).click()
    await page.getByTestId('filter').press('Control+Space')
    await page.getByTestId('completions').waitFor()
    found.push(...(await hindrances(page, 'filter')))
    expect(found).toEqual([])
    expect(journey.errors).toEqual([])
  })
  test('at 200 % text nothing is cut off at the side and no text lies under another', async () => {
    const { page } = journey
    await view('Settings')
    await page.getByRole('combobox', { name: 'Text size' }).selectOption('200')
    const found: string[] = []
    async function look(name: string): Promise<void> {
      await settled(page)
      await page.waitForTimeout(SEEN_MS)
      const overflow = await page.evaluate(() => document.querySelector('main')!.scrollWidth - document.querySelector('main')!.clientWidth)
      expect(overflow, name).toBeLessThanOrEqual(1)
      found.push(...(await coveredTexts(page)).map((text) => `${name}: ${text}`))
    }
    await view('Sheet')
    await look('sheet')
    await view('Catalogue')
    await look('gallery')
    await page.getByRole('button', { name: 'Table', exact: true }).click()
    await look('table')
    expect(found).toEqual([])
  })
})
