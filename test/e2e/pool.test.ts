import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { sharedData } from './support'
import { beginJourney } from './support/journey'
import { answerGalaxy, beginLabelling, galaxyId, toLabel, variedAnswers, type GivenAnswer } from './support/labelling'
import { labelLog, projectsIn, readCatalogue } from './support/project-file'
import { goTo, importReport, pick, split } from './support/projects'
import { coloursOn, startRound, watchRound } from './support/rounds'

const images = join(sharedData, 'pool', 'images')
const LABELLED = 30

/** A survey without votes, from the first click to round 1, from the window alone. Runs where the images are beside the checkout. */
describe.skipIf(!existsSync(images))('a folder of images without votes', () => {
  const galaxies = existsSync(images) ? readdirSync(images).length : 0
  const journey = beginJourney()
  let project: string
  const given: GivenAnswer[] = []

  test('becomes a project through the folder picker', async () => {
    const { page } = journey
    await page.getByRole('button', { name: 'New from a folder' }).click()
    await pick(page, 'Folder of images', images, 'folder')
    await page.getByLabel('Decision tree').selectOption('gz2')
    await page.getByLabel('Name', { exact: true }).fill('Pool')
    await page.getByRole('button', { name: 'Create project' }).click()
    expect(await importReport(page, 300_000)).toContain(`${galaxies} galaxies imported, none refused.`)
    project = projectsIn(journey.app.folder).find((path) => path.endsWith('Pool.galaxydesk'))!
    expect(readCatalogue(project, (db) => db.prepare('SELECT count(*) FROM galaxies').pluck().get())).toBe(galaxies)
    expect(journey.errors).toEqual([])
  })

  test('is split into a test set and a first round', async () => {
    const { page } = journey
    await split(page, { test: 40, initial: 40 })
    await expect(page.getByTestId('project-summary').innerText()).resolves.toMatch(/Test set\s+40 galaxies, 0 labelled[\s\S]*0 is open/)
    expect(readCatalogue(project, (db) => db.prepare("SELECT count(*) FROM held_out WHERE side = 'test'").pluck().get())).toBe(40)
  })

  test('is labelled by keyboard, its test galaxies among the others and not to be told from them', async () => {
    const { page } = journey
    await beginLabelling(page, 'A. Stronomer')
    const choose = variedAnswers()
    const ids: string[] = []
    const reasons = new Set<string>()
    for (let n = 0; n < LABELLED; n++) {
      ids.push(await galaxyId(page))
      reasons.add(await page.locator('.why').innerText())
      given.push(...(await answerGalaxy(page, choose)))
    }
    expect(new Set(ids).size).toBe(LABELLED)
    expect(reasons.size).toBe(1)
    const log = labelLog(project).map(({ id, question, answer, uuid }) => ({ id, question, answer, uuid }))
    expect(log).toEqual(given)
    const testIds = readCatalogue(project, (db) =>
      db.prepare<[], string>("SELECT id FROM held_out JOIN galaxies USING (galaxy_key) WHERE side = 'test'").pluck().all(),
    )
    const labelledOfTest = ids.filter((id) => testIds.includes(id)).length
    expect(labelledOfTest).toBeGreaterThan(0)
    expect(labelledOfTest).toBeLessThan(LABELLED)
    expect(journey.errors).toEqual([])
  })

  test('trains a network on the answers and chooses the galaxies of round 1', async () => {
    const { page } = journey
    await startRound(page, { epochs: 4, count: 16 })
    const { seconds, points, phases } = await watchRound(page, 1_500_000)
    console.log(`training on expert answers and choosing from ${galaxies} galaxies: ${seconds.toFixed(0)} s (${phases.join(', ')})`)
    expect(points.at(-1)).toBe(4)
    expect(await coloursOn(page, 'loss-chart')).toBeGreaterThan(10)
    await page.locator('[data-testid="round-row"][data-round="1"]', { hasText: '(open)' }).waitFor()
    expect(journey.errors).toEqual([])
  })

  test('asks next for a galaxy chosen by mutual information', async () => {
    const { page } = journey
    await toLabel(page)
    while ((await page.getByTestId('score').count()) === 0) await answerGalaxy(page, variedAnswers())
    expect(Number.parseFloat(await page.getByTestId('score').innerText())).toBeGreaterThan(0)
    const id = await galaxyId(page)
    await answerGalaxy(page, variedAnswers())
    expect(labelLog(project).at(-1)).toMatchObject({ id, round: 1, kind: 'answer' })
  })

  test('cannot tell yet how good the model is: too few test galaxies have labels', async () => {
    const { page } = journey
    await goTo(page, 'Results')
    await expect(page.getByTestId('caveat').innerText()).resolves.toMatch(/30/)
    expect(await page.getByTestId('mean-rmse').count()).toBe(0)
    expect(journey.errors).toEqual([])
  })
})
