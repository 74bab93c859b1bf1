import { describe, expect, test } from 'vitest'
import { beginJourney } from './support/journey'
import {
  answerGalaxy,
  answerQuestion,
  beginLabelling,
  galaxyId,
  saved,
  toLabel,
  variedAnswers,
  type GivenAnswer,
} from './support/labelling'
import { countRows, labelLog, projectsIn, type LogRow } from './support/project-file'
import { goTo } from './support/projects'
import { coloursOn, startRound, watchRound } from './support/rounds'

/** On two quiet cores the first galaxy shows within 60 s and the first training ends within 3 minutes; the bounds leave room for busy ones. */
const FIRST_GALAXY_MS = 600_000
const ROUND_MS = 1_700_000
const LABELLED = 10

/** The first start: no data, no settings, nothing installed but the program. */
describe('the sample project', () => {
  const journey = beginJourney()
  /** What the label log must hold at the end, in this order. */
  const expected: Partial<LogRow>[] = []
  const answered = (given: GivenAnswer[]) =>
    expected.push(...given.map(({ id, question, answer, uuid }) => ({ kind: 'answer', id, question, answer, uuid })))
  const project = () => projectsIn(journey.app.folder)[0]!
  const choose = variedAnswers()

  test('makes itself at the first start and shows a galaxy chosen by mutual information', async () => {
    const { page, app } = journey
    const job = page.locator('[data-testid="job"][data-kind="sample"]')
    await job.getByRole('progressbar').waitFor()
    expect(await job.getByTestId('job-phase').innerText()).toMatch(/\d+ of \d+|starting/)
    const image = page.locator('figure img')
    await image.waitFor({ timeout: FIRST_GALAXY_MS })
    await image.evaluate((shown: HTMLImageElement) => shown.decode())
    const seconds = (performance.now() - app.startedAtMs) / 1000
    console.log(`first galaxy on screen ${seconds.toFixed(1)} s after the start of the process`)
    expect(seconds).toBeLessThan(FIRST_GALAXY_MS / 1000)
    expect(countRows(project(), 'galaxies')).toBe(600)
    await beginLabelling(page, 'A. Stronomer')
    for (let n = 0; n < 8 && (await page.getByTestId('score').count()) === 0; n++) await page.keyboard.press('ArrowRight')
    expect(Number.parseFloat(await page.getByTestId('score').innerText())).toBeGreaterThan(0)
    expect(await page.getByTestId('score-part').count()).toBe(11)
    expect(journey.errors).toEqual([])
  })

  test('takes ten galaxies by keyboard alone, each answer with its tick', async () => {
    const { page } = journey
    await page.getByTestId('galaxy-id').waitFor()
    for (let n = 0; n < LABELLED; n++) answered(await answerGalaxy(page, choose))
    await expect.poll(() => page.getByTestId('queue-progress').innerText()).toBe(`${LABELLED} of 32`)
    expect(labelLog(project())).toMatchObject(expected)
  })

  test('undoes and redoes across galaxies, and an undone answer can be given again', async () => {
    const { page } = journey
    const next = await galaxyId(page)
    const [beforeLast, last] = expected.slice(-2) as [LogRow, LogRow]
    async function press(key: string, id: string, undoes: string): Promise<string> {
      const uuid = await saved(page, () => page.keyboard.press(key))
      expected.push({ kind: 'undo', id, undoes, uuid })
      expect(await galaxyId(page)).toBe(id)
      return uuid
    }
    // A redo takes back an undo, and is itself taken back by the next one.
    const undo = await press('z', last.id, last.uuid)
    const redo = await press('Shift+Z', last.id, undo)
    await press('z', last.id, redo)
    await press('z', beforeLast.id, beforeLast.uuid)
    expect(await page.getByTestId('question').getAttribute('data-question')).toBe(beforeLast.question)
    answered(await answerGalaxy(page, choose))
    expect(await galaxyId(page)).toBe(next)
    expect(labelLog(project())).toMatchObject(expected)
  })

  test('skips, flags, goes back and changes an earlier answer', async () => {
    const { page } = journey
    const skipped = await galaxyId(page)
    expected.push({ kind: 'skip', id: skipped, uuid: await saved(page, () => page.keyboard.press('s')) })
    const flagged = await galaxyId(page)
    expect(flagged).not.toBe(skipped)
    expected.push({ kind: 'flag', id: flagged, uuid: await saved(page, () => page.keyboard.press('f')) })
    await page.getByTestId('flagged').waitFor()
    answered([await answerQuestion(page, () => 1)])
    expect(await page.getByTestId('question').getAttribute('data-question')).not.toBe('smooth-or-featured')
    await page.keyboard.press('Backspace')
    expect(await page.getByTestId('question').getAttribute('data-question')).toBe('smooth-or-featured')
    answered([await answerQuestion(page, () => 2)])
    expect(await page.getByTestId('question').getAttribute('data-question')).toBe('disk-edge-on')
    answered(await answerGalaxy(page, choose))
    expect(labelLog(project())).toMatchObject(expected)
    expect(countRows(project(), 'labels')).toBe(expected.length)
    expect(journey.errors).toEqual([])
  })

  test('trains on the answers, draws the loss as it falls, measures, and opens round 2', async () => {
    const { page } = journey
    await goTo(page, 'Rounds')
    const chart = page.getByTestId('error-chart')
    await chart.waitFor()
    const before = Number(await chart.getAttribute('data-points'))
    await startRound(page)
    const { seconds, points, phases } = await watchRound(page, ROUND_MS)
    console.log(`training on the sample and choosing the next galaxies: ${seconds.toFixed(0)} s (${phases.join(', ')})`)
    expect(points.length).toBeGreaterThan(2)
    expect(await coloursOn(page, 'loss-chart')).toBeGreaterThan(10)
    await expect.poll(() => chart.getAttribute('data-points')).toBe(String(before + 1))
    await page.locator('[data-testid="round-row"][data-round="2"]', { hasText: '(open)' }).waitFor()
    expect(journey.errors).toEqual([])
  })

  test('goes on labelling in round 2, and is all there at the next start', async () => {
    await toLabel(journey.page)
    answered(await answerGalaxy(journey.page, choose))
    expect(labelLog(project()).at(-1)).toMatchObject({ round: 2, ...expected.at(-1) })
    await journey.app.stop()
    await journey.restart()
    const { page } = journey
    await expect.poll(() => page.getByTestId('project-name').innerText()).toBe('Sample')
    expect(labelLog(project())).toMatchObject(expected)
    await beginLabelling(page, 'A. Stronomer')
    expect(await page.getByTestId('queue-progress').innerText()).toMatch(/^1 of /)
    await goTo(page, 'Results')
    expect(await page.getByTestId('mean-rmse').innerText()).toMatch(/0\.\d{3} mean RMSE/)
    expect(journey.errors).toEqual([])
  })
})
