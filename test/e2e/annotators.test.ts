import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Quality } from '@shared/contract/quality'
import type { Queue } from '@shared/contract/records'
import { createRandom } from '@shared/science/stats/random'
import { builtEntry } from '@main/paths'
import { writeSample, type Sample } from '@main/ingest/write-sample'
import { openPage } from './support'
import { labelAs } from './support/annotators'
import { beginJourney } from './support/journey'
import { answerQuestion, beginLabelling, galaxyId, questionName, saved } from './support/labelling'
import { countRows, labelLog, projectsIn, readCatalogue } from './support/project-file'
import { goTo, importReport, split } from './support/projects'

/** Three annotators, two of them at once, with double labelling, repeats and known answers: what a catalogue would be published from. */
describe('several annotators', () => {
  const journey = beginJourney()
  const folder = mkdtempSync(join(tmpdir(), 'galaxy-desk-annotators-'))
  let survey: Sample
  const project = () => projectsIn(journey.app.folder).find((path) => path.endsWith('Three.galaxydesk'))!
  const get = <T>(path: string): Promise<T> =>
    journey.page.evaluate(async (address) => (await (await fetch(address)).json()) as unknown, path) as Promise<T>
  /** The command line in a process of its own, while the window has the project open. */
  function command(...args: string[]): { status: number; out: string } {
    const env = { ...process.env, GALAXY_DESK_DATA: join(folder, 'data'), GALAXY_DESK_ENGINE: 'wasm' }
    try {
      return { status: 0, out: execFileSync(process.execPath, [builtEntry('cli'), ...args], { env, encoding: 'utf8', stdio: 'pipe' }) }
    } catch (error) {
      const { status, stderr } = error as { status: number; stderr: string }
      return { status, out: stderr }
    }
  }
  const smooth = (answer: string) => ({ 'smooth-or-featured': 'smooth', 'how-rounded': answer, 'something-odd': 'no' })
  const artifact = { 'smooth-or-featured': 'artifact' }

  beforeAll(async () => {
    survey = await writeSample(folder, { galaxies: 130, seed: 4 })
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  test('begin with known answers, which are taken whole or not at all', async () => {
    const { page } = journey
    await page.getByRole('button', { name: 'New from a folder' }).click()
    await page.getByRole('textbox', { name: 'Folder of images' }).fill(survey.imageFolder)
    await page.getByLabel('Name', { exact: true }).fill('Three')
    await page.getByRole('button', { name: 'Create project' }).click()
    await importReport(page, 300_000)
    await split(page, { test: 20, initial: 100 })
    // Of galaxies that nobody will be asked about in this round.
    const ids = readCatalogue(project(), (db) =>
      db
        .prepare<[], string>(
          `SELECT id FROM galaxies WHERE galaxy_key NOT IN (SELECT galaxy_key FROM acquisitions UNION SELECT galaxy_key FROM test_draws) ORDER BY id`,
        )
        .pluck()
        .all(),
    )
    expect(ids.length).toBeGreaterThan(4)
    const table = join(folder, 'gold.csv')
    const gold = (...rows: string[]) => {
      writeFileSync(table, `id,truth\n${rows.join('\n')}\n`)
      return command('gold', project(), '--table', table, '--question', 'smooth-or-featured', '--answer', 'truth')
    }
    expect(gold(`${ids[0]},smooth`, 'nowhere,smooth')).toEqual({ status: 2, out: expect.stringContaining('no galaxy "nowhere"') as string })
    expect(gold(`${ids[0]},round`)).toMatchObject({ status: 2, out: expect.stringContaining('"round" is no answer') as string })
    expect(gold(`${ids[0]},smooth`, `${ids[0]},artifact`)).toMatchObject({ status: 2, out: expect.stringContaining('row 2') as string })
    expect(countRows(project(), 'gold')).toBe(0)
    expect(gold(...ids.map((id) => `${id},smooth`), `${ids[0]},`)).toMatchObject({ status: 0 })
    expect(countRows(project(), 'gold')).toBe(ids.length)
    await journey.page.evaluate(async () => {
      const settings = { doubleShare: 0.4, repeatShare: 0.5, breakMinutes: 45, hints: 'never' }
      await fetch('/api/labelling', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(settings) })
    })
  })

  test('work at once in two windows: what one completes is done for the other, and each keeps the name', async () => {
    const { page } = journey
    await beginLabelling(page, 'Ada')
    const { page: other, errors } = await openPage(page.context(), journey.app.url)
    await goTo(other, 'Label')
    await other.getByTestId('galaxy-id').waitFor()
    await other.getByRole('button', { name: 'Ada', exact: true }).click()
    await other.getByLabel('Your name').fill('Be\u0301n  O’Neil <b>')
    await other.getByLabel('Your name').press('Enter')
    const started = await galaxyId(page)
    await expect.poll(() => galaxyId(other)).toBe(started)
    await page.reload()
    await page.getByTestId('galaxy-id').waitFor()
    expect(await page.getByRole('button', { name: 'Ada', exact: true }).isVisible()).toBe(true)

    const done = await artifacts(page, 8)
    const { complete } = await get<Queue>(`/api/queue?annotator=${encodeURIComponent(BEN)}&limit=1`)
    expect(complete).toBeGreaterThan(0)
    await expect.poll(() => other.getByTestId('queue-progress').innerText()).toMatch(new RegExp(`^${complete} of `))
    const mine = await artifacts(other, 8)
    const shared = new Set(readCatalogue(project(), (db) => db.prepare<[], string>(SHARED).pluck().all()))
    // The first was on both screens; of the others only those that everybody is asked about are asked of both.
    expect(mine.filter((id) => done.includes(id) && id !== started).every((id) => shared.has(id))).toBe(true)
    expect(new Set(labelLog(project()).map(({ annotator }) => annotator))).toEqual(new Set(['Ada', BEN]))
    expect(errors).toEqual([])
    await other.close()
  })

  test('do not lose an answer to a server that is killed: the next window of this browser saves it', async () => {
    const { page } = journey
    const before = countRows(project(), 'labels')
    const id = await galaxyId(page)
    await journey.app.stop('SIGKILL')
    await page.keyboard.press('1')
    await page.getByTestId('save-failed').waitFor()
    expect(await galaxyId(page)).toBe(id)
    journey.errors.length = 0
    await journey.restart()
    await goTo(journey.page, 'Label')
    await journey.page.getByTestId('galaxy-id').waitFor()
    await expect.poll(() => countRows(project(), 'labels')).toBe(before + 1)
    expect(labelLog(project()).at(-1)).toMatchObject({ id, kind: 'answer', answer: 'smooth', annotator: 'Ada' })
  })

  test('meet their own galaxies and those of known answers again, like any other', async () => {
    const { page } = journey
    const random = createRandom(3, 'answers')
    const script = () => (random.next() < 0.3 ? artifact : smooth(random.next() < 0.5 ? 'round' : 'in-between'))
    await labelAs(page, 'Cleo', 100, script)
    await labelAs(page, 'Ada', 40, script)
    const quality = await get<Quality>('/api/quality?annotator=Cleo')
    const repeats = countRows(project(), "(SELECT DISTINCT galaxy_key FROM labels WHERE annotator = 'Cleo' AND pass = 1)")
    expect(repeats).toBeGreaterThan(3)
    expect(quality.self['smooth-or-featured']!.n).toBe(repeats)
    expect(quality.gold['smooth-or-featured']!.n).toBeGreaterThan(0)
    expect(JSON.parse(command('quality', project(), '--annotator', 'Cleo', '--json').out)).toEqual(quality)
    expect(command('quality', project(), '--annotator', 'cleo')).toMatchObject({ status: 2 })
  })

  test('see how far they agree, all and two by two, settle what differs, take it back and bring it back over a restart', async () => {
    let { page } = journey
    await goTo(page, 'Agreement')
    // Somebody who labels nothing has nothing to be kept blind for.
    await page.getByLabel('Name of another annotator').fill('Dora')
    await page.getByRole('button', { name: 'Label under this name' }).click()
    await page.getByTestId('difference-id').waitFor()
    expect(await page.getByText(/^Fleiss’ kappa over/).isVisible()).toBe(true)
    await page.keyboard.press('p')
    await page.getByText(/^Cohen’s kappa over/).waitFor()
    const place = () => page.getByTestId('difference-place').innerText()
    const total = Number(/of (\d+)/.exec(await place())![1])
    const standing = () =>
      countRows(
        project(),
        `(SELECT uuid FROM labels AS l WHERE kind = 'resolve' AND (WITH RECURSIVE c (uuid, n) AS (SELECT l.uuid, 0 UNION ALL
          SELECT labels.uuid, n + 1 FROM labels JOIN c ON labels.undoes = c.uuid) SELECT max(n) % 2 FROM c) = 0)`,
      )
    for (let n = 0; n < 3; n++) await saved(page, () => page.keyboard.press('1'))
    expect(standing()).toBe(3)
    // What the third led to nobody was asked: the galaxy is settled, and stays on screen.
    await expect.poll(place).toBe(`1 of ${total}, 1 resolved`)
    await saved(page, () => page.keyboard.press('z'))
    await saved(page, () => page.keyboard.press('z'))
    expect(standing()).toBe(1)
    await journey.app.stop('SIGKILL')
    journey.errors.length = 0
    await journey.restart()
    page = journey.page
    await goTo(page, 'Agreement')
    await page.getByTestId('difference-id').waitFor()
    expect(await place()).toBe(`1 of ${total}, 0 resolved`)
    await saved(page, () => page.keyboard.press('Shift+Z'))
    await saved(page, () => page.keyboard.press('Control+y'))
    expect(standing()).toBe(3)
    await expect.poll(place).toBe(`1 of ${total}, 1 resolved`)
    await page.keyboard.press('Shift+Z')
    await page.getByText('You have taken back nothing that could be brought back.').waitFor()
    const [download] = await Promise.all([page.waitForEvent('download'), page.keyboard.press('e')])
    const table = readFileSync(await download.path(), 'utf8').split('\n')
    expect(table[0]).toBe('between,question,galaxies,same_answer,kappa,kappa_low,kappa_high')
    expect(table[1]).toMatch(/^all,smooth-or-featured,\d+,0\.\d+,/)
    expect(journey.errors.filter((text) => !/ERR_|401/.test(text))).toEqual([])
  })
})

const BEN = 'Bén O’Neil <b>'
const SHARED = 'SELECT id FROM label_states JOIN galaxies USING (galaxy_key) WHERE is_shared = 1'

/** Answers galaxies, each with one key; their ids. */
async function artifacts(page: Page, count: number): Promise<string[]> {
  const ids: string[] = []
  while (ids.length < count) {
    expect(await questionName(page)).toBe('smooth-or-featured')
    ids.push((await answerQuestion(page, () => 3)).id)
  }
  return ids
}
