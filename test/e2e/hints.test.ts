import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createRandom } from '@shared/science/stats/random'
import { findTree } from '@shared/science/tree/built-in'
import { answerNames as outputsOf } from '@shared/science/tree/decision-tree'
import { saveModel } from '@main/catalogue/models'
import { openCatalogue } from '@main/catalogue/open'
import { savePredictions } from '@main/catalogue/predictions'
import { createProject } from '@main/catalogue/project'
import { runSplit } from '@main/catalogue/run-split'
import { runImport } from '@main/ingest/run-import'
import { writeSample } from '@main/ingest/write-sample'
import { modelCard } from '../main/catalogue/model-card'
import { coveredTexts, hindrances } from './support/axe'
import { beginJourney } from './support/journey'
import { answerGalaxy, answerNames, answerQuestion, beginLabelling, galaxyId, questionName, saved, toLabel } from './support/labelling'
import { countRows, readCatalogue } from './support/project-file'
import { goTo } from './support/projects'

const GALAXIES = 30
const gz2 = findTree('gz2')
const folder = mkdtempSync(join(tmpdir(), 'galaxy-desk-hints-'))
const project = join(folder, 'hints.galaxydesk')
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** What the model predicts, by the galaxy's id, question and answer: as float32, whose digits appear nowhere else. */
const predicted = new Map<string, Record<string, Record<string, number>>>()

/** Drawn galaxies in round 0, and what a model predicts of them. */
async function makeSurvey(): Promise<void> {
  const { imageFolder } = await writeSample(join(folder, 'drawn'), { galaxies: GALAXIES, seed: 4 })
  createProject(project, gz2)
  await runImport(project, { images: imageFolder })
  await runSplit(project, { test: 2, initial: 'all', seed: 1 })
  const db = openCatalogue(project)
  try {
    const ids = db
      .prepare<[], { key: number; id: string }>(
        `SELECT galaxy_key AS key, id FROM galaxies JOIN (SELECT galaxy_key, place FROM acquisitions UNION ALL SELECT galaxy_key, place FROM test_draws)
         USING (galaxy_key) ORDER BY place`,
      )
      .all()
    saveModel(db, modelCard('model-007', { outputs: outputsOf(gz2), round: 3 }))
    const random = createRandom(4, 'fractions')
    const rows = ids.map(({ id }) => {
      const byQuestion = gz2.questions.map(({ name, answers }) => {
        const weights = answers.map(() => 0.1 + random.next())
        const sum = weights.reduce((total, weight) => total + weight)
        return [name, Object.fromEntries(answers.map((answer, i) => [answer, Math.fround(weights[i]! / sum)]))] as const
      })
      predicted.set(id, Object.fromEntries(byQuestion))
      return byQuestion.flatMap(([, fractions]) => Object.values(fractions))
    })
    const keys = ids.map(({ key }) => key)
    await savePredictions(db, 'model-007', keys, Float32Array.from(rows.flat()))
  } finally {
    db.close()
  }
}

const fractionsOf = (id: string, question: string): [answer: string, fraction: number][] => Object.entries(predicted.get(id)![question]!)
const guessOf = (id: string, question: string) => fractionsOf(id, question).reduce((best, each) => (each[1] > best[1] ? each : best))
/** `62 %`: none of those drawn is next to nothing or all. */
const percent = (fraction: number) => `${Math.round(100 * fraction)} %`

/** Keeps every text that the window fetches from now on. */
function listen(): void {
  const fetched = window.fetch
  const texts: Promise<string>[] = []
  Object.assign(window, { texts })
  window.fetch = async (...request) => {
    const reply = await fetched(...request)
    if (reply.headers.get('content-type')?.startsWith('application/json'))
      texts.push(
        reply
          .clone()
          .text()
          .catch(() => ''),
      )
    return reply
  }
}
/** What was fetched since it was last asked for. */
const heard = (page: Page): Promise<string> =>
  page.evaluate(async () => {
    const { texts } = window as unknown as { texts: Promise<string>[] }
    return (await Promise.all(texts.splice(0))).join('\n')
  })
/** The galaxies and questions of which a text holds a fraction. */
const toldIn = (text: string) =>
  [...predicted].flatMap(([id, questions]) =>
    Object.entries(questions).flatMap(([question, fractions]) =>
      Object.values(fractions).some((fraction) => text.includes(String(fraction))) ? [`${id} ${question}`] : [],
    ),
  )

type Entry = { id: string; question: string; answer: string; seen: number | null }
const log = (): Entry[] =>
  readCatalogue(project, (db) =>
    db
      .prepare<[], Entry>(
        "SELECT id, question, answer, hint_seen AS seen FROM labels JOIN galaxies USING (galaxy_key) WHERE kind = 'answer' ORDER BY sequence",
      )
      .all(),
  )

/** The journey of a project through its three settings. */
describe('what the model predicts', () => {
  beforeAll(makeSurvey)
  const journey = beginJourney({ GALAXY_DESK_PROJECT: project })
  const texts = (selector: string) => journey.page.locator(selector).allInnerTexts()
  const hintTexts = async () => (await texts('[data-testid="hint"]')).map((text) => text.replace(/^[^:]*:\s*/, '').trim())
  const modelHint = () => journey.page.getByTestId('model-hint').innerText()
  const press = (key: string) => saved(journey.page, () => journey.page.keyboard.press(key))

  async function set(title: string): Promise<void> {
    await goTo(journey.page, 'Settings')
    const kept = journey.page.waitForResponse((reply) => reply.url().endsWith('/api/labelling') && reply.request().method() === 'POST')
    await journey.page.getByLabel('Show what the model predicts').selectOption({ label: title })
    expect((await kept).status()).toBe(200)
    await toLabel(journey.page)
  }

  test('reaches the window in no way while labels are blind, and Enter answers nothing but why', async () => {
    const { page } = journey
    await page.addInitScript(listen)
    await page.reload()
    await beginLabelling(page, 'Ada')
    await page.getByTestId('question').waitFor()
    for (const key of ['Enter', ' ']) {
      await page.keyboard.press(key)
      await page.getByText("The model's first guess can be taken only where it is shown before the answer").waitFor()
    }
    await page.keyboard.press('i')
    await page.getByTestId('about-galaxy').waitFor()
    await answerGalaxy(page, () => 1)
    expect(await page.getByTestId('model-hint').count()).toBe(0)
    const text = await heard(page)
    expect(text).toContain('"smooth-or-featured"')
    expect(toldIn(text)).toEqual([])
    expect(countRows(project, 'hint_sights')).toBe(0)
    expect(log().map(({ seen }) => seen)).toEqual(log().map(() => 0))
    await page.keyboard.press('i')
  })

  test('is shown after the answer: in the strip, and of the last answer under the next galaxy', async () => {
    const { page } = journey
    await set('After the answer')
    const before = log().length
    const id = await galaxyId(page)
    expect(await modelHint()).toBe('What the model predicts is shown after your answer.')
    expect(await hintTexts()).toEqual([])
    await answerQuestion(page, () => 1)
    const [guess, fraction] = guessOf(id, 'smooth-or-featured')
    await expect.poll(() => texts('[data-testid="step-hint"]')).toEqual([`model: ${percent(fraction)} ${guess.replaceAll('-', ' ')}`])
    expect(await modelHint()).toBe('Predicted by model-007 (after round 3, w20-cnn-tree)')
    // Enter takes no guess here either.
    await page.keyboard.press('Enter')
    await page.getByText("The model's first guess can be taken only").waitFor()

    await page.keyboard.press('ArrowLeft')
    await expect.poll(() => hintTexts()).toEqual(fractionsOf(id, 'smooth-or-featured').map(([, share]) => percent(share)))
    await answerQuestion(page, () => 2)
    await answerGalaxy(page, () => 1)
    const last = log().at(-1)!
    await page.getByTestId('hint-before').waitFor()
    expect(await page.getByTestId('hint-before').innerText()).toContain(
      `The galaxy before: ${id}, ${last.question.replaceAll('-', ' ')}: model: ${percent(guessOf(id, last.question)[1])}`,
    )
    const given = log().slice(before)
    expect(given.map(({ question, answer, seen }) => `${question} ${answer} ${seen}`).slice(0, 2)).toEqual([
      'smooth-or-featured smooth 0',
      'smooth-or-featured featured-or-disk 1',
    ])
    expect(given.slice(2).map(({ seen }) => seen)).toEqual(given.slice(2).map(() => 0))
    // Of this galaxy, and only what was answered.
    const answered = new Set(given.map(({ question }) => `${id} ${question}`))
    expect(new Set(toldIn(await heard(page)))).toEqual(answered)
  })

  test('is shown before the answer, and Enter and Space take the first guess along the tree', async () => {
    const { page } = journey
    await set('Before the answer')
    const id = await galaxyId(page)
    const begun = log().length
    for (let n = 0; (await galaxyId(page)) === id; n++) {
      const question = await questionName(page)
      await expect.poll(() => hintTexts()).toEqual(fractionsOf(id, question).map(([, share]) => percent(share)))
      expect(await answerNames(page)).toEqual(fractionsOf(id, question).map(([answer]) => answer))
      await press(n % 2 === 0 ? 'Enter' : ' ')
      expect(log().at(-1)).toEqual({ id, question, answer: guessOf(id, question)[0], seen: 1 })
    }
    expect(log().length - begun).toBeGreaterThan(2)
  })

  test('is asked for one galaxy at a time, so that none counts as seen before it is on screen', async () => {
    const { page } = journey
    const next = await galaxyId(page)
    await expect.poll(() => hintTexts()).not.toEqual([])
    const sights = readCatalogue(project, (db) =>
      db.prepare<[], string>('SELECT DISTINCT id FROM hint_sights JOIN galaxies USING (galaxy_key)').pluck().all(),
    )
    expect(new Set(sights)).toEqual(new Set([...log().filter(({ seen }) => seen === 1), { id: next }].map(({ id }) => id)).add(next))
  })

  test.each(['dark', 'light'])('can be read by everybody in the %s theme, also at twice the size', async (theme) => {
    const { page } = journey
    await page.emulateMedia({ reducedMotion: 'reduce' })
    await goTo(page, 'Settings')
    await page.getByRole('combobox', { name: 'Theme' }).selectOption(theme)
    const found: string[] = []
    for (const size of ['100', '200']) {
      await goTo(page, 'Settings')
      await page.getByRole('combobox', { name: 'Text size' }).selectOption(size)
      await toLabel(page)
      await expect.poll(() => hintTexts()).not.toEqual([])
      found.push(...(await hindrances(page, `Label, ${theme}, ${size} %`)))
      // What lies over the image lets the pointer through.
      found.push(...(await coveredTexts(page)).filter((text) => !text.includes('under IMG')))
    }
    await goTo(page, 'Settings')
    found.push(...(await hindrances(page, `Settings, ${theme}`)))
    await page.getByRole('combobox', { name: 'Text size' }).selectOption('100')
    expect(found).toEqual([])
  })

  test('of a galaxy that the model has not predicted is said to be missing, and Enter answers nothing', async () => {
    const { page } = journey
    await toLabel(page)
    const id = await galaxyId(page)
    const db = openCatalogue(project)
    db.prepare('DELETE FROM predictions WHERE galaxy_key = (SELECT galaxy_key FROM galaxies WHERE id = ?)').run(id)
    db.close()
    await page.reload()
    await expect.poll(() => galaxyId(page)).toBe(id)
    await expect.poll(() => modelHint()).toContain('model-007 (after round 3, w20-cnn-tree) has not predicted this galaxy.')
    const before = log().length
    await page.keyboard.press('Enter')
    await expect
      .poll(() => page.getByRole('status').allInnerTexts())
      .toContainEqual(expect.stringContaining('has not predicted this galaxy'))
    expect([await hintTexts(), log().length]).toEqual([[], before])
  })

  test('is told of the answers by history and Quality', async () => {
    const { page } = journey
    await page.keyboard.press('h')
    const drawer = page.getByTestId('history')
    await drawer.getByText('after seeing what the model predicts').first().waitFor()
    const seen = log().filter((entry) => entry.seen === 1).length
    expect(await drawer.getByTestId('hint-seen').count()).toBe(seen)
    await goTo(page, 'Quality')
    const facts = page.getByTestId('quality-facts')
    await facts.waitFor()
    const all = log().length
    expect(await facts.innerText()).toContain(`${percent(seen / all)}: ${seen} of ${all} answers`)
    expect(journey.errors).toEqual([])
  })
})
