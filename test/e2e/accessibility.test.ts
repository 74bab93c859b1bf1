import { describe, expect, test } from 'vitest'
import { labelAsTwo } from './support/annotators'
import { coveredTexts, hindrances, settled, tabStops } from './support/axe'
import { beginJourney } from './support/journey'
import { goTo } from './support/projects'

const SAMPLE_MS = 600_000
const themes = ['dark', 'light'] as const

/** Every view of the rail, with a project open in which two people labelled. */
describe('the window for everybody', () => {
  const journey = beginJourney()
  const links = () => journey.page.getByRole('navigation', { name: 'Views' }).getByRole('link')

  /** Chosen as a person does it, and shown at once: nothing is looked at while its colours change. */
  async function setLook(look: { theme?: string; textPercent?: number }): Promise<void> {
    await goTo(journey.page, 'Settings')
    if (look.theme) await journey.page.getByRole('combobox', { name: 'Theme' }).selectOption(look.theme)
    if (look.textPercent) await journey.page.getByRole('combobox', { name: 'Text size' }).selectOption(String(look.textPercent))
  }
  const here = () => journey.page.getByRole('navigation', { name: 'Views' }).locator('.here').innerText()
  /** Goes through all views, and looks at each when it has read what it shows. */
  async function inEveryView(look: (name: string) => Promise<void>): Promise<string[]> {
    const names = (await links().allInnerTexts()).map((name) => name.trim())
    for (const name of names) {
      await journey.page.getByRole('navigation', { name: 'Views' }).getByRole('link', { name, exact: true }).click()
      await expect.poll(async () => (await here()).trim()).toBe(name)
      await settled(journey.page)
      await journey.page.waitForTimeout(700)
      await look(name)
    }
    return names
  }

  test('has a project with two annotators', async () => {
    const { page } = journey
    await page.emulateMedia({ reducedMotion: 'reduce' })
    await page
      .getByRole('link', { name: 'Go to Label' })
      .or(page.getByTestId('galaxy-id'))
      .or(page.getByLabel('Your name'))
      .first()
      .waitFor({ timeout: SAMPLE_MS })
    await page.getByTestId('job-status').waitFor({ state: 'detached', timeout: SAMPLE_MS })
    await labelAsTwo(page, 'Ada', 'Ben', 20)
    await goTo(page, 'Agreement')
    await page.getByRole('button', { name: 'Label as Ada' }).click()
    await page.getByTestId('difference-id').waitFor()
    expect(await page.getByTestId('difference-place').innerText()).toMatch(/^1 of 4, 0 resolved/)
  })

  test.each(themes)('nothing serious hinders anybody in any view of the %s theme', async (theme) => {
    await setLook({ theme })
    const found: string[] = []
    const names = await inEveryView(async (name) => {
      expect(await journey.page.evaluate(() => document.documentElement.dataset.theme)).toBe(theme)
      found.push(...(await hindrances(journey.page, `${name}, ${theme}`)))
    })
    expect(names).toEqual(
      expect.arrayContaining(['Projects', 'Label', 'Sheet', 'Catalogue', 'Rounds', 'Results', 'Agreement', 'Quality', 'Settings']),
    )
    expect(found).toEqual([])
  })

  test.each(themes)('nor in any dialog or drawer of the %s theme', async (theme) => {
    const { page } = journey
    await setLook({ theme })
    const found: string[] = []
    async function look(name: string) {
      await settled(page)
      await page.waitForTimeout(300)
      found.push(...(await hindrances(page, `${name}, ${theme}`)))
    }
    async function dialog(name: string, open: () => Promise<void>) {
      await open()
      await page.getByRole('dialog').first().waitFor()
      await look(name)
      await page.keyboard.press('Escape')
      await page.getByRole('dialog').first().waitFor({ state: 'detached' })
    }
    await goTo(page, 'Projects')
    for (const name of ['New sample project', 'New from a table', 'New from a folder'])
      await dialog(name, () => page.getByRole('button', { name }).click())
    await dialog('engine', () => page.getByTestId('engine').click())
    await goTo(page, 'Label')
    await page.getByTestId('galaxy-id').waitFor()
    await dialog('keys', () => page.keyboard.press('?'))
    await dialog('pause', () => page.keyboard.press('p'))
    for (const [key, name] of [
      ['h', 'history'],
      ['i', 'about'],
      ['n', 'note'],
    ] as const) {
      await page.keyboard.press(key)
      await look(name)
      await page.keyboard.press('Escape')
      await goTo(page, 'Rounds')
      await goTo(page, 'Label')
      await page.getByTestId('galaxy-id').waitFor()
    }
    await page.getByRole('button', { name: 'Image controls' }).click()
    await look('image controls')
    await goTo(page, 'Catalogue')
    for (const name of ['Add a condition', 'Saved searches']) {
      await page.getByRole('button', { name }).click()
      await look(name)
      await page.keyboard.press('Escape')
    }
    expect(found).toEqual([])
  })

  test('the Tab key goes through rail, view and status bar in this order, and every stop has a name and can be seen', async () => {
    const order = ['nav', 'main', 'footer', 'elsewhere']
    await inEveryView(async (name) => {
      const stops = await tabStops(journey.page)
      const parts = stops.map(({ part }) => order.indexOf(part))
      expect(parts, name).toEqual(parts.toSorted())
      expect(new Set(stops.map(({ part }) => part)).has('footer'), `${name} reaches the status bar`).toBe(true)
      expect(
        stops.filter((stop) => stop.name === '' || !stop.isSeen),
        name,
      ).toEqual([])
    })
  })

  test('in every view ? shows its keys and those that work everywhere, and Alt with a digit goes to the view', async () => {
    const { page } = journey
    const map = page.getByTestId('key-map')
    for (const [at, name] of (await links().allInnerTexts()).entries()) {
      await page.keyboard.press(`Alt+${at + 1}`)
      await expect.poll(here).toBe(name)
      await page.keyboard.press('?')
      await map.waitFor()
      const titles = await map.getByRole('heading', { level: 3 }).allInnerTexts()
      expect(titles, name).toEqual([name.trim(), 'Everywhere'])
      for (const title of titles)
        expect(await map.locator('section', { hasText: title }).locator('kbd').count(), `${name}: ${title}`).toBeGreaterThan(0)
      // While a dialog is open no key reaches the view below.
      await page.keyboard.press('Alt+1')
      expect(await here()).toBe(name)
      await page.keyboard.press('Escape')
      await map.waitFor({ state: 'detached' })
    }
  })

  test('at 200 % text nothing is cut off at the side, no text lies under another, and nothing serious hinders', async () => {
    await setLook({ textPercent: 200 })
    const found: string[] = []
    await inEveryView(async (name) => {
      const overflow = await journey.page.evaluate(() => {
        const main = document.querySelector('main')!
        return Math.max(main.scrollWidth - main.clientWidth, document.documentElement.scrollWidth - document.documentElement.clientWidth)
      })
      expect(overflow, name).toBeLessThanOrEqual(1)
      found.push(...(await coveredTexts(journey.page)).map((text) => `${name}: ${text}`))
      found.push(...(await hindrances(journey.page, `${name}, 200 %`)))
    })
    await setLook({ textPercent: 100 })
    expect(found).toEqual([])
    expect(journey.errors).toEqual([])
  })

  test('a galaxy on which two differ is resolved by keys, stays so at the next start, and is taken back', async () => {
    await goTo(journey.page, 'Agreement')
    const place = () => journey.page.getByTestId('difference-place').innerText()
    await journey.page.getByTestId('difference-id').waitFor()
    const id = await journey.page.getByTestId('difference-id').innerText()
    const open = journey.page.locator('[data-testid="difference-row"]', { hasText: 'open' })
    let resolved = 0
    for (; (await journey.page.getByTestId('difference-id').innerText()) === id && (await open.count()) > 0; resolved++) {
      const before = await place()
      const rows = await journey.page.getByTestId('difference-row').count()
      await journey.page.keyboard.press('1')
      await expect
        .poll(async () => (await place()) !== before || (await journey.page.getByTestId('difference-row').count()) !== rows)
        .toBe(true)
    }
    await expect.poll(place).toMatch(/^2 of 4, 1 resolved/)
    await journey.app.stop()
    await journey.restart()
    await goTo(journey.page, 'Agreement')
    await journey.page.getByTestId('difference-id').waitFor()
    expect(await place()).toMatch(/^1 of 4, 1 resolved/)
    // Each key takes back one answer.
    for (let n = 0; n < resolved; n++) {
      expect(await place()).toContain(' 1 resolved')
      const undone = journey.page.waitForResponse((reply) => new URL(reply.url()).pathname === '/api/labels/undo')
      await journey.page.keyboard.press('z')
      expect((await undone).status()).toBe(200)
    }
    await expect.poll(place).toContain(' 0 resolved')
    await expect.poll(() => journey.page.getByTestId('difference-id').innerText()).toBe(id)
  })
})
