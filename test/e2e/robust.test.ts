import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { writeSample, type Sample } from '@main/ingest/write-sample'
import { isAlive } from '../main/jobs/processes'
import { openPage, startApp } from './support'
import { beginJourney } from './support/journey'
import { answerGalaxy, answerQuestion, beginLabelling, galaxyId, variedAnswers, type GivenAnswer } from './support/labelling'
import { labelLog, projectsIn } from './support/project-file'
import { computeProcess } from './support/processes'
import { goTo, importReport, split } from './support/projects'
import { startRound, watchRound } from './support/rounds'

const EPOCHS = 40

/** Whatever is killed, what was shown as saved is saved. */
describe('killed processes', () => {
  const journey = beginJourney()
  const folder = mkdtempSync(join(tmpdir(), 'galaxy-desk-survey-'))
  let survey: Sample
  const given: GivenAnswer[] = []
  const project = () => projectsIn(journey.app.folder).find((path) => path.endsWith('Survey.galaxydesk'))!
  const inLog = () => labelLog(project()).map(({ id, question, answer, uuid }) => ({ id, question, answer, uuid }))
  const port = () => new URL(journey.app.url).port
  /** The browser tells of every request that found nobody, and of every refusal; nothing else may be among them. */
  const expectOnlyLostConnections = () =>
    expect(
      journey.errors.splice(0).filter((text) => !/ERR_CONNECTION_REFUSED|ERR_INCOMPLETE|ERR_EMPTY|ERR_CONNECTION_RESET|401/.test(text)),
    ).toEqual([])

  beforeAll(async () => {
    survey = await writeSample(folder, { galaxies: 120, seed: 7 })
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  test('kill -9 in the middle of labelling loses nothing that was shown as saved', async () => {
    const { page } = journey
    await page.getByRole('button', { name: 'New from a folder' }).click()
    await page.getByRole('textbox', { name: 'Folder of images' }).fill(survey.imageFolder)
    await page.getByLabel('Name', { exact: true }).fill('Survey')
    await page.getByRole('button', { name: 'Create project' }).click()
    await importReport(page, 300_000)
    await split(page, { test: 20, initial: 60 })
    await beginLabelling(page, 'A. Stronomer')
    for (let n = 0; n < 8; n++) given.push(...(await answerGalaxy(page, variedAnswers())))
    given.push(await answerQuestion(page, () => 2))
    await journey.app.stop('SIGKILL')
    expect(inLog()).toEqual(given)
    expect(journey.errors.filter((text) => !text.includes('ERR_'))).toEqual([])
  })

  test('an answer given while the program is dead says so, is tried again, and arrives once', async () => {
    const { page } = journey
    const id = await galaxyId(page)
    await page.keyboard.press('1')
    const failed = page.getByTestId('save-failed')
    await failed.waitFor()
    expect(await failed.innerText()).toContain('Not saved yet: Galaxy Desk does not answer.')
    expect(await page.getByTestId('save-state').innerText()).toContain('an answer is not saved')

    const oldPort = port()
    journey.app = await startApp({ folder: journey.app.folder })
    expect(port()).toBe(oldPort)
    // The address of the new start has a new secret: the page of the old one is told so until that address is opened.
    await expect.poll(() => failed.innerText()).toContain('was started again')
    const { page: other } = await openPage(page.context(), journey.app.url)
    await page.getByTestId('saved').waitFor()
    await expect.poll(inLog).toHaveLength(given.length + 1)
    const arrived = labelLog(project()).at(-1)!
    expect(arrived).toMatchObject({ id, kind: 'answer' })
    expect(await page.getByTestId('saved').getAttribute('data-uuid')).toBe(arrived.uuid)
    given.push({ id, question: arrived.question!, answer: arrived.answer!, uuid: arrived.uuid })
    await other.close()
    expectOnlyLostConnections()
  })

  test('an answer of a window that was closed unsaved is written at the next start', async () => {
    await journey.app.stop('SIGKILL')
    const id = await galaxyId(journey.page)
    await journey.page.keyboard.press('1')
    await journey.page.getByTestId('save-failed').waitFor()
    expectOnlyLostConnections()
    await journey.restart()
    const { page } = journey
    await goTo(page, 'Label')
    await page.getByTestId('saved').waitFor()
    expect(inLog()).toHaveLength(given.length + 1)
    expect(labelLog(project()).at(-1)).toMatchObject({ id, kind: 'answer' })
  })

  test('kill -9 of the compute process costs no label, and the training goes on by itself', async () => {
    const { page } = journey
    const application = journey.app.process.pid!
    for (let n = 0; n < 6; n++) await answerGalaxy(page, variedAnswers())
    await startRound(page, { epochs: EPOCHS, count: 8 })
    const chart = page.getByTestId('loss-chart')
    await expect
      .poll(async () => ((await chart.count()) > 0 ? Number(await chart.getAttribute('data-points')) : 0), { timeout: 600_000 })
      .toBeGreaterThan(2)
    const killed = computeProcess(application)
    process.kill(killed, 'SIGKILL')
    await goTo(page, 'Label')
    const before = inLog().length
    await answerGalaxy(page, variedAnswers())
    expect(inLog().length).toBeGreaterThan(before)
    await goTo(page, 'Rounds')
    const { points } = await watchRound(page, 1_500_000)
    expect(points.at(-1)).toBe(EPOCHS)
    expect(computeProcess(application)).not.toBe(killed)
    await page.locator('[data-testid="round-row"][data-round="1"]', { hasText: '(open)' }).waitFor()
  })

  test('the compute process ends with the program that is killed', async () => {
    const compute = computeProcess(journey.app.process.pid!)
    await journey.app.stop('SIGKILL')
    await expect.poll(() => isAlive(compute)).toBe(false)
  })
})
