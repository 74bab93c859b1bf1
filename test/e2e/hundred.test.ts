import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { changeAnswer } from '@shared/science/tree/flow'
import { findTree } from '@shared/science/tree/built-in'
import { writeSample, type Sample } from '@main/ingest/write-sample'
import { openCatalogue } from '@main/catalogue/open'
import { readLabelState } from '@main/catalogue/labels'
import { beginJourney } from './support/journey'
import {
  answerGalaxy,
  answerQuestion,
  beginLabelling,
  galaxyId,
  questionName,
  saved,
  variedAnswers,
  type GivenAnswer,
} from './support/labelling'
import { countRows, labelLog, projectsIn, readCatalogue } from './support/project-file'
import { goTo, importReport, split } from './support/projects'

const GALAXIES = 100
const ADA = 'A. Stronomer'
const gz2 = findTree('gz2')

/** One long sitting by keyboard alone: whatever was corrected, taken back or cut off on the way, the log holds what was said. */
describe('a hundred galaxies', () => {
  const journey = beginJourney()
  const folder = mkdtempSync(join(tmpdir(), 'galaxy-desk-hundred-'))
  let survey: Sample
  /** What counts at the end, by the galaxy's id. */
  const said = new Map<string, { question: string; answer: string }[]>()
  const choose = variedAnswers()
  const project = () => projectsIn(journey.app.folder).find((path) => path.endsWith('Hundred.galaxydesk'))!
  const keep = (given: readonly GivenAnswer[]) => {
    for (const { id, question, answer } of given)
      said.set(
        id,
        changeAnswer(gz2, said.get(id) ?? [], { question, answer }).map((each) => ({ ...each })),
      )
  }
  /** Galaxies that came back unannounced, after they had been completed: what is said of them then changes nothing. */
  const repeated: string[] = []
  const completed = new Set<string>()
  async function label(count: number): Promise<void> {
    for (let n = 0; n < count;) {
      const id = await galaxyId(journey.page)
      const given = await answerGalaxy(journey.page, choose)
      if (completed.has(id)) {
        repeated.push(id)
        continue
      }
      keep(given)
      completed.add(id)
      n++
    }
  }
  const press = (key: string) => saved(journey.page, () => journey.page.keyboard.press(key))

  /** All galaxies with answers that count, as another connection reads them. */
  function counted(): Map<string, { question: string; answer: string }[]> {
    const db = openCatalogue(project(), { readonly: true })
    try {
      const rows = db.prepare<[], { key: number; id: string }>('SELECT galaxy_key AS key, id FROM galaxies ORDER BY galaxy_key').all()
      return new Map(
        rows.map(({ key, id }) => [id, readLabelState(db, key, ADA).answers] as const).filter(([, answers]) => answers.length > 0),
      )
    } finally {
      db.close()
    }
  }
  const expectKept = () => expect(Object.fromEntries(counted())).toEqual(Object.fromEntries(said))

  beforeAll(async () => {
    survey = await writeSample(folder, { galaxies: 140, seed: 9 })
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  test('are begun: forty in a row', async () => {
    const { page } = journey
    await page.getByRole('button', { name: 'New from a folder' }).click()
    await page.getByRole('textbox', { name: 'Folder of images' }).fill(survey.imageFolder)
    await page.getByLabel('Name', { exact: true }).fill('Hundred')
    await page.getByRole('button', { name: 'Create project' }).click()
    await importReport(page, 300_000)
    await split(page, { test: 10, initial: 125 })
    await beginLabelling(page, ADA)
    await label(40)
    expectKept()
  })

  test('corrections change only what hung from the changed answer', async () => {
    const { page } = journey
    const id = await galaxyId(page)
    keep([await answerQuestion(page, () => 2), await answerQuestion(page, () => 2), await answerQuestion(page, () => 1)])
    for (let n = 0; n < 3; n++) await page.keyboard.press('ArrowLeft')
    expect(await questionName(page)).toBe('smooth-or-featured')
    keep([await answerQuestion(page, () => 1)])
    expect(said.get(id)).toEqual([{ question: 'smooth-or-featured', answer: 'smooth' }])
    keep(await answerGalaxy(page, choose))
    completed.add(id)
    expectKept()
  })

  test('"cannot tell", stars, flags, notes and skips are in the log beside the answers', async () => {
    const { page } = journey
    const id = await galaxyId(page)
    keep([await answerQuestion(page, () => 2)])
    await press('0')
    await press('*')
    await press('f')
    await page.keyboard.press('n')
    await page.getByLabel('Note on this galaxy').fill('edge-on? 2 cores')
    await press('Enter')
    expect(await page.getByTestId('note').innerText()).toBe('“edge-on? 2 cores”')
    keep(await answerGalaxy(page, choose))
    completed.add(id)
    await press('s')
    const kinds = labelLog(project())
      .filter((row) => row.id === id)
      .map(({ kind }) => kind)
    expect(kinds).toEqual(expect.arrayContaining(['cannot-tell', 'star', 'flag', 'note']))
    expect(countRows(project(), "labels WHERE kind = 'skip'")).toBe(1)
    expectKept()
  })

  test('undo goes back over galaxies, over a kill and a restart, and redo brings all of it again', async () => {
    await label(20)
    const before = counted()
    for (let n = 0; n < 6; n++) await press('z')
    const fewer = counted()
    expect(fewer).not.toEqual(before)
    await journey.app.stop('SIGKILL')
    journey.errors.length = 0
    await journey.restart()
    await goTo(journey.page, 'Label')
    await journey.page.getByTestId('galaxy-id').waitFor()
    expect(counted()).toEqual(fewer)
    await press('z')
    for (let n = 0; n < 7; n++) await press('Shift+Z')
    expect(counted()).toEqual(before)
    expectKept()
  })

  test('the hundredth is answered, the history finds the first, and nothing was asked twice by mistake', async () => {
    const { page } = journey
    // Back from where undo and redo ended.
    await page.keyboard.press('g')
    await page.getByTestId('question').waitFor()
    await label(GALAXIES - completed.size)
    expect(completed.size).toBe(GALAXIES)
    expectKept()
    expect(countRows(project(), '(SELECT DISTINCT galaxy_key FROM labels WHERE pass = 1)')).toBe(repeated.length)
    const first = readCatalogue(project(), (db) =>
      db.prepare<[], string>('SELECT id FROM labels JOIN galaxies USING (galaxy_key) ORDER BY sequence LIMIT 1').pluck().get()!,
    )
    await page.keyboard.press('h')
    await page.getByLabel('Search the history').fill(first)
    await page.getByTestId('history').getByText(first).first().click()
    await expect.poll(() => galaxyId(page)).toBe(first)
    const log = labelLog(project())
    const answered = log.filter(({ kind }) => kind === 'answer')
    expect(new Set(answered.map(({ uuid }) => uuid)).size).toBe(answered.length)
    expect(journey.errors.filter((text) => !/ERR_|401/.test(text))).toEqual([])
  })
})
