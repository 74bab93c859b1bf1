import { describe, expect, test } from 'vitest'
import { findTree } from '@shared/science/tree/built-in'
import { drawnProject } from './support/drawn-project'
import { beginJourney } from './support/journey'
import { answerQuestion, beginLabelling, galaxyId, questionName, toLabel } from './support/labelling'
import { labelLog } from './support/project-file'
import { goTo } from './support/projects'

const KEYS = 200
const EVERY_MS = 20

type Press = { key: string; id: string | null; question: string | null }

describe('whoever types faster than answers are saved', () => {
  const project = drawnProject('typing', { galaxies: 120, seed: 4 })
  const journey = beginJourney({ GALAXY_DESK_PROJECT: project })

  /** Presses keys at their pace, whatever else the machine does, and says what was on screen at each. */
  const type = (keys: readonly string[]): Promise<Press[]> =>
    journey.page.evaluate(
      async ({ keys, everyMs }) => {
        const presses = []
        for (const key of keys) {
          const id = document.querySelector<HTMLElement>('[data-testid="galaxy-id"]')?.innerText ?? null
          const question = document.querySelector<HTMLElement>('[data-testid="question"]')?.dataset.question ?? null
          presses.push({ key, id, question })
          document.body.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }))
          await new Promise((resolve) => setTimeout(resolve, everyMs))
        }
        return presses
      },
      { keys, everyMs: EVERY_MS },
    )
  const answers = () => labelLog(project).filter(({ kind }) => kind === 'answer')
  const saved = () => journey.page.getByTestId('save-state').innerText()

  test('answers no galaxy that was not on screen when the key was pressed, and each key once at most', async () => {
    const { page } = journey
    await page.setViewportSize({ width: 1280, height: 800 })
    await beginLabelling(page, 'Ada')
    const presses = await type(Array.from({ length: KEYS }, (_, n) => String(1 + ((n * 7 + (n >> 2)) % 2))))
    // A star waits for all that was typed before it, and is never left out.
    await page.keyboard.press('*')
    await expect.poll(() => labelLog(project).at(-1)?.kind).toBe('star')
    await expect.poll(saved).toBe(`✓ ${labelLog(project).length} saved`)
    const log = answers()
    expect(log.length).toBeGreaterThan(0)
    expect(log.length).toBeLessThanOrEqual(KEYS)
    // Each entry is of a press, in the order of the presses, made while that galaxy was on screen.
    const tree = findTree('gz2')
    let at = 0
    for (const { id, question, answer } of log) {
      const number = String(1 + tree.questions.find(({ name }) => name === question)!.answers.indexOf(answer!))
      while (at < presses.length && (presses[at]!.id !== id || presses[at]!.key !== number)) at++
      expect(presses[at], `${id} ${question} ${answer}`).toBeDefined()
      at++
    }
    expect(journey.errors).toEqual([])
  })

  test('takes back and brings back with every key', async () => {
    const { page } = journey
    const before = labelLog(project).length
    const said = answers().length
    await type(Array.from({ length: 10 }, () => 'z'))
    await expect.poll(() => labelLog(project).length).toBe(before + 10)
    for (let n = 0; n < 10; n++) await page.keyboard.press('Shift+Z')
    await expect.poll(() => labelLog(project).length).toBe(before + 20)
    expect(answers().length).toBe(said)
    expect(new Set(labelLog(project).map(({ uuid }) => uuid)).size).toBe(before + 20)
  })

  test('steps once with every key, also while the view reads its queue', async () => {
    const { page } = journey
    const toSettings = async () => {
      await goTo(page, 'Settings')
      await page.getByRole('combobox', { name: 'Theme' }).waitFor()
    }
    await toSettings()
    const first = await toLabel(page)
    await type(['ArrowRight', 'ArrowRight', 'ArrowRight', 'ArrowLeft', 'ArrowLeft', 'ArrowLeft'])
    await expect.poll(() => galaxyId(page)).toBe(first)
    await toSettings()
    let open = (): void => undefined
    const slow = new Promise<void>((resolve) => {
      open = resolve
    })
    await page.route('**/api/queue?*', async (route) => {
      await slow
      await route.continue()
    })
    await goTo(page, 'Label')
    await page.getByTestId('galaxy-id').waitFor()
    await type(['ArrowRight'])
    expect(await galaxyId(page)).toBe(first)
    open()
    await expect.poll(() => galaxyId(page)).not.toBe(first)
    await page.unroute('**/api/queue?*')
    await page.keyboard.press('ArrowLeft')
    await expect.poll(() => galaxyId(page)).toBe(first)
    expect(journey.errors).toEqual([])
  })

  test('finds every question in the same place, and its answers in the window', async () => {
    const { page } = journey
    const place = () =>
      page.evaluate(() => {
        const top = document.querySelector('[data-testid="question"]')!.getBoundingClientRect().top
        return [Math.round(top), document.querySelector('[data-testid="cannot-tell"]')!.getBoundingClientRect().bottom < innerHeight]
      })
    await page.keyboard.press('g')
    const id = await galaxyId(page)
    const [top] = await place()
    const seen: string[] = []
    while ((await galaxyId(page)) === id) {
      seen.push(await questionName(page))
      expect([seen.at(-1), ...(await place())]).toEqual([seen.at(-1), top, true])
      await answerQuestion(page, (question) => (question === 'has-spiral-arms' ? 1 : 2))
    }
    expect(seen).toContain('spiral-arm-count')
  })
})
