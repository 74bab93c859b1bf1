import type { Request } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import { neighboursSchema, type Neighbour } from '@shared/contract/beside'
import { hindrances } from './support/axe'
import { beginJourney } from './support/journey'
import { answerGalaxy, beginLabelling, galaxyId, questionName, variedAnswers } from './support/labelling'
import { labelLog, projectsIn, readCatalogue } from './support/project-file'
import { goTo } from './support/projects'

const SAMPLE_MS = 600_000
const LABELLED = 10

/** Examples beside the answers and the nearest labelled galaxies, on the sample project: its first round was answered by simulated volunteers. */
describe('galaxies beside the one that is labelled', () => {
  const journey = beginJourney()
  const project = () => projectsIn(journey.app.folder)[0]!
  const pictures = () => journey.page.getByTestId('examples').locator('img:not([alt=""])')
  const neighbours = () => journey.page.getByTestId('neighbours').getByRole('listitem').getByRole('button')

  /** What each picture says: the galaxy, and the votes. */
  async function said(): Promise<{ id: string; text: string }[]> {
    const texts = await pictures().evaluateAll((images) => images.map((image) => (image as HTMLImageElement).alt))
    return texts.map((text) => ({ id: text.slice(0, text.indexOf(':')), text }))
  }
  /** What the server says of a galaxy's neighbours, and which are on screen. */
  async function answeredFor(id: string): Promise<Neighbour[]> {
    const key = readCatalogue(project(), (db) =>
      db.prepare<[string], number>('SELECT galaxy_key FROM galaxies WHERE id = ?').pluck().get(id)!,
    )
    const path = `/api/galaxies/${key}/neighbours?annotator=Ada`
    const found = neighboursSchema.parse(await journey.page.evaluate(async (path) => (await (await fetch(path)).json()) as unknown, path))
    if (found.kind !== 'found') throw new Error(found.reason)
    return found.neighbours
  }
  const shownNeighbours = () =>
    neighbours()
      .locator('img')
      .evaluateAll((images) => images.map((image) => (image as HTMLImageElement).alt))
  const bottomOfAnswers = () =>
    journey.page.getByTestId('cannot-tell').evaluate((button) => {
      const panel = button.closest('aside')!
      return button.getBoundingClientRect().bottom + panel.scrollTop
    })

  test('examples stand beside the answers of the first question, by votes that may be seen', async () => {
    const { page } = journey
    await page.setViewportSize({ width: 1280, height: 800 })
    await page.getByLabel('Your name').or(page.getByTestId('galaxy-id')).first().waitFor({ timeout: SAMPLE_MS })
    await beginLabelling(page, 'Ada')
    await pictures().first().waitFor()
    const shown = await said()
    expect(shown.length).toBeGreaterThan(3)
    for (const { text } of shown) expect(text).toMatch(/^\S+: \d+ % of \d+ votes$/)
    const [revealed, barred] = readCatalogue(project(), (db) => [
      db.prepare<[], string>('SELECT id FROM revealed_votes JOIN all_galaxies USING (galaxy_key)').pluck().all(),
      db
        .prepare<[], string>(
          `SELECT id FROM all_galaxies WHERE galaxy_key IN (SELECT galaxy_key FROM held_out UNION
             SELECT galaxy_key FROM acquisitions JOIN rounds USING (round) WHERE closed_at IS NULL)`,
        )
        .pluck()
        .all(),
    ])
    expect(barred.length).toBeGreaterThan(0)
    for (const { id } of shown) expect([revealed.includes(id), barred.includes(id)]).toEqual([true, false])
    await expect
      .poll(() => pictures().evaluateAll((images) => images.every((image) => (image as HTMLImageElement).naturalWidth > 0)))
      .toBe(true)
    expect(journey.errors).toEqual([])
  })

  test.each([100, 200])('they push no answer down at text of %i percent, and a key hides them for good', async (textPercent) => {
    const { page } = journey
    await goTo(page, 'Settings')
    await page.getByRole('combobox', { name: 'Text size' }).selectOption(String(textPercent))
    await goTo(page, 'Label')
    await pictures().first().waitFor()
    const withThem = await bottomOfAnswers()
    if (textPercent === 100) expect(withThem).toBeLessThan(800)
    await page.keyboard.press('b')
    await pictures().first().waitFor({ state: 'detached' })
    expect(Math.abs((await bottomOfAnswers()) - withThem)).toBeLessThan(2)
    await page.reload()
    await page.getByTestId('galaxy-id').waitFor()
    await page.getByTestId('no-neighbours').or(neighbours().first()).first().waitFor()
    expect(await pictures().count()).toBe(0)
    await page.keyboard.press('b')
    await pictures().first().waitFor()
  })

  test('are large under the pointer until Escape, and for all answers by a key', async () => {
    const { page } = journey
    await goTo(page, 'Settings')
    await page.getByRole('combobox', { name: 'Text size' }).selectOption('100')
    await goTo(page, 'Label')
    await pictures().first().hover()
    const large = page.getByTestId('examples').locator('figure')
    await large.waitFor()
    const box = (await large.boundingBox())!
    expect([box.x >= 0, box.y >= 0, box.y + box.height <= 800]).toEqual([true, true, true])
    await page.keyboard.press('Escape')
    await large.waitFor({ state: 'detached' })
    await page.mouse.move(5, 5)
    await page.keyboard.press('u')
    const dialog = page.getByRole('dialog', { name: 'Examples: smooth or featured' })
    await dialog.waitFor()
    expect(await dialog.locator('section').count()).toBe(3)
    expect(await dialog.locator('img').count()).toBeGreaterThan(3)
    const before = await galaxyId(page)
    await page.keyboard.press('1')
    await page.keyboard.press('Escape')
    await dialog.waitFor({ state: 'detached' })
    expect([await galaxyId(page), await questionName(page)]).toEqual([before, 'smooth-or-featured'])
    expect(labelLog(project())).toEqual([])
  })

  test('the nearest labelled galaxies are asked for only once the image on screen is there', async () => {
    const { page } = journey
    await page.getByTestId('no-neighbours').waitFor()
    expect(await page.getByTestId('no-neighbours').innerText()).toBe('You have labelled no other galaxy yet.')
    const loaded = new Set<string>()
    const early: string[] = []
    const keyOf = (request: Request) => /\/api\/galaxies\/(\d+)\//.exec(request.url())?.[1] ?? ''
    const onFinished = (request: Request) => void (request.url().includes('/image?view=1') && loaded.add(keyOf(request)))
    const onRequest = (request: Request) =>
      void (request.url().includes('/neighbours') && !loaded.has(keyOf(request)) && early.push(request.url()))
    await page.reload()
    await page.getByTestId('galaxy-id').waitFor()
    await page.getByTestId('no-neighbours').waitFor()
    page.on('requestfinished', onFinished)
    page.on('request', onRequest)
    await page.reload()
    await page.getByTestId('galaxy-id').waitFor()
    const choose = variedAnswers()
    for (let n = 0; n < LABELLED; n++) await answerGalaxy(page, choose)
    await neighbours().first().waitFor()
    page.off('requestfinished', onFinished)
    page.off('request', onRequest)
    expect(loaded.size).toBeGreaterThan(LABELLED)
    expect(early).toEqual([])
    expect(journey.errors).toEqual([])
  })

  test('they are galaxies that this annotator labelled, the most alike first', async () => {
    const { page } = journey
    await expect.poll(() => neighbours().count()).toBe(6)
    const answered = await answeredFor(await galaxyId(page))
    const similarities = answered.map(({ similarity }) => similarity)
    expect(similarities).toEqual(similarities.toSorted((a, b) => b - a))
    const labelled = new Set(labelLog(project()).map((entry) => entry.id))
    for (const neighbour of answered) expect(labelled.has(neighbour.id)).toBe(true)
    expect(await shownNeighbours()).toEqual(answered.map((neighbour) => neighbour.id))
    expect(await neighbours().first().innerText()).toBe(similarities[0]!.toFixed(3))
    await page.keyboard.press('Shift+K')
    const [{ answers }] = answered as [Neighbour]
    expect(await neighbours().first().innerText()).toContain(answers[0]!.answer.replaceAll('-', ' '))
    await page.keyboard.press('Shift+K')
  })

  test.each(['dark', 'light'])('nothing serious hinders anybody at either in the %s theme', async (theme) => {
    const { page } = journey
    await page.emulateMedia({ reducedMotion: 'reduce' })
    if ((await page.evaluate(() => document.documentElement.dataset.theme)) !== theme) await page.keyboard.press('Alt+T')
    await expect.poll(() => page.evaluate(() => document.documentElement.dataset.theme)).toBe(theme)
    await pictures().first().waitFor()
    await neighbours().first().waitFor()
    expect(await hindrances(page, `Label, ${theme}`)).toEqual([])
    await page.keyboard.press('u')
    await page.getByRole('dialog').waitFor()
    expect(await hindrances(page, `Examples, ${theme}`)).toEqual([])
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
  })

  test('by keys one is brought back with its answers, and the way on leads to the galaxy that was left', async () => {
    const { page } = journey
    const left = await galaxyId(page)
    const nearest = await neighbours().first().locator('img').getAttribute('alt')
    await page.keyboard.press('r')
    await page.keyboard.press('Enter')
    await expect.poll(() => galaxyId(page)).toBe(nearest)
    expect(await page.getByText('All questions of this galaxy have an answer').count()).toBe(1)
    await page.keyboard.press('g')
    await expect.poll(() => galaxyId(page)).toBe(left)
  })

  test('whoever steps fast sees those of the galaxy at which they stop', async () => {
    const { page } = journey
    for (let n = 0; n < 6; n++) await page.keyboard.press('ArrowRight')
    const answered = await answeredFor(await galaxyId(page))
    await expect.poll(shownNeighbours).toEqual(answered.map((neighbour) => neighbour.id))
    expect(journey.errors).toEqual([])
  })

  test('another annotator sees none of these', async () => {
    const { page } = journey
    await page.keyboard.press('Shift+P')
    await page.getByLabel('Your name').fill('Ben')
    await page.getByLabel('Your name').press('Enter')
    await page.getByTestId('no-neighbours').waitFor()
    expect(await page.getByTestId('no-neighbours').innerText()).toBe('You have labelled no other galaxy yet.')
    expect(journey.errors).toEqual([])
  })
})
