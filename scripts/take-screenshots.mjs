/**
 * Takes docs/images/*.png from the built program in a real browser, on a sample project of simulated galaxies only.
 * Usage: node scripts/build.mjs && node scripts/take-screenshots.mjs. Takes a few minutes: it labels and trains.
 */
import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parse } from 'csv-parse/sync'
import sharp from 'sharp'
import { createServer } from 'vite'

const root = fileURLToPath(new URL('..', import.meta.url))
const target = join(root, 'docs', 'images')
/** Stands on the pictures in the place of the throwaway folder. */
const shownFolder = '/home/ada/Galaxy Desk'
const alias = { '@shared': join(root, 'src/shared'), '@main': join(root, 'src/main') }
// Stays to the end: what launches the browser imports it only then.
const modules = await createServer({
  root,
  configFile: false,
  logLevel: 'error',
  resolve: { alias },
  appType: 'custom',
  server: { middlewareMode: true, ws: false, watch: null },
})
const load = (path) => modules.ssrLoadModule(join(root, 'test/e2e', path))

const { startApp, launchBrowser, openPage } = await load('support.ts')
const { answerQuestion, beginLabelling, galaxyId } = await load('support/labelling.ts')
const { goTo, importReport } = await load('support/projects.ts')
const { labelAs } = await load('support/annotators.ts')
const { startRound, watchRound } = await load('support/rounds.ts')

const app = await startApp()
const browser = await launchBrowser()
const { page, errors } = await openPage(browser, app.url)
const projects = join(app.folder, 'projects')

/** Without the pointer's traces, and with a palette: a third of the size, no difference to the eye. */
async function shoot(name) {
  await page.mouse.move(720, 899)
  await page.evaluate(
    ([from, to]) => {
      const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
      while (walk.nextNode()) if (walk.currentNode.data.includes(from)) walk.currentNode.data = walk.currentNode.data.replaceAll(from, to)
      for (const input of document.querySelectorAll('input')) if (input.value.includes(from)) input.value = input.value.replaceAll(from, to)
    },
    [projects, shownFolder],
  )
  await page.waitForTimeout(400)
  const { size } = await sharp(await page.screenshot())
    .png({ palette: true, colours: 256, effort: 9 })
    .toFile(join(target, `${name}.png`))
  console.log(`docs/images/${name}.png ${(size / 1000).toFixed(0)} kB`)
  await page.reload()
  await page.getByTestId('engine').getByText('wasm').waitFor()
}

async function imageIsThere() {
  await page.locator('figure img').evaluate((image) => image.decode())
}

const votes = () =>
  new Map(parse(readFileSync(join(projects, 'Sample.galaxydesk', 'sample', 'galaxies.csv')), { columns: true }).map((row) => [row.id, row]))

/** The answers that most volunteers gave to the galaxy on screen, to all of its questions or to `count` of them. */
async function answerAsVolunteers(count = Infinity) {
  const id = await galaxyId(page)
  const row = votes().get(id)
  const most = (question, answers) => {
    const counts = answers.map((answer) => Number(row[`${question}_${answer}`]))
    return 1 + counts.indexOf(Math.max(...counts))
  }
  for (let n = 0; n < count && (await galaxyId(page)) === id; n++) await answerQuestion(page, most)
}

/** The answers that most volunteers would give along the tree; where it `differs`, the second most frequent one to how round it is. */
function pathOfVolunteers(tree, row, differs) {
  const given = {}
  const isAsked = ({ after }) => after.length === 0 || Object.entries(given).some(([name, answer]) => after.includes(`${name}_${answer}`))
  for (const question of tree.questions) {
    if (!isAsked(question)) continue
    const { name, answers } = question
    const ordered = answers.toSorted((a, b) => Number(row[`${name}_${b}`]) - Number(row[`${name}_${a}`]))
    given[name] = ordered[differs && name === 'how-rounded' ? 1 : 0]
  }
  return given
}

/** Labels galaxies of the round from its start under a name; every `rarely`-th differs from what most volunteers said. */
async function labelByVolunteers(name, count, rarely) {
  const { tree } = (await page.evaluate(async () => (await fetch('/api/status')).json())).project
  const rows = votes()
  await labelAs(page, name, count, (turn, id) => pathOfVolunteers(tree, rows.get(id), turn % rarely === rarely - 1))
}

/** Every view of the rail that has no picture yet in this theme. */
async function shootViews(suffix, done) {
  const links = page.getByRole('navigation', { name: 'Views' }).getByRole('link')
  for (const name of (await links.allInnerTexts()).map((text) => text.trim())) {
    if (done.includes(name)) continue
    await goTo(page, name)
    await page.waitForTimeout(1500)
    await shoot(`${name.toLowerCase()}${suffix}`)
  }
}

/** A galaxy with structure, chosen by its score: the picture should show both. */
async function isFeaturedWithScore() {
  const row = votes().get(await galaxyId(page))
  const [featured, smooth] = ['featured-or-disk', 'smooth'].map((answer) => Number(row[`smooth-or-featured_${answer}`]))
  return (await page.getByTestId('score').count()) > 0 && featured > smooth
}

mkdirSync(target, { recursive: true })
try {
  await page.emulateMedia({ colorScheme: 'dark', reducedMotion: 'reduce' })
  await page.getByTestId('job-phase').getByText('drawing galaxies').waitFor()
  await shoot('first-start')
  await page.getByRole('link', { name: 'Go to Label' }).waitFor({ timeout: 300_000 })
  await shoot('projects')
  await page.getByRole('button', { name: 'New from a table' }).click()
  await shoot('new-project')

  await beginLabelling(page, 'Ada')
  // A round has 32 galaxies, and one must be left.
  for (let n = 0; n < 6 || (n < 24 && !(await isFeaturedWithScore())); n++) await answerAsVolunteers()
  for (let n = 0; n < 2; n++) await answerAsVolunteers(1)
  await imageIsThere()
  await shoot('label')
  await page.getByRole('button', { name: 'Light theme' }).click()
  await page.getByTestId('galaxy-id').waitFor()
  await imageIsThere()
  await shoot('label-light')
  await page.getByRole('button', { name: 'Dark theme' }).click()

  await startRound(page)
  await page.locator('[data-testid="loss-chart"][data-points="8"]').waitFor({ timeout: 300_000 })
  await page.getByText('Advanced', { exact: true }).click()
  await shoot('rounds-training')
  await watchRound(page, 600_000)
  await page.locator('[data-testid="round-row"][data-round="2"]').waitFor()
  await shoot('rounds')
  await goTo(page, 'Results')
  await page.getByTestId('mean-rmse').waitFor()
  await shoot('results')

  await goTo(page, 'Sheet')
  await page.waitForTimeout(1500)
  await shoot('sheet')
  // Second answers of the same person come only after thirty galaxies, and rarely: here often, so that there is something to see.
  await page.evaluate(async () => {
    const init = { method: 'POST', headers: { 'content-type': 'application/json' } }
    await fetch('/api/labelling', { ...init, body: JSON.stringify({ repeatShare: 0.5 }) })
  })
  await labelByVolunteers('Ada', 31, 9)
  await labelByVolunteers('Ben', 24, 4)
  await shootViews('', ['Projects', 'Label', 'Sheet', 'Rounds', 'Results'])
  await page.getByRole('button', { name: 'Light theme' }).click()
  await shootViews('-light', ['Label'])
  await page.getByRole('button', { name: 'Dark theme' }).click()

  await goTo(page, 'Projects')
  await page.getByRole('button', { name: 'New from a table' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('textbox', { name: 'Table' }).fill(join(projects, 'Sample.galaxydesk', 'sample', 'galaxies.csv'))
  await dialog.getByRole('textbox', { name: 'Folder of images' }).fill(join(projects, 'Sample.galaxydesk', 'sample', 'images'))
  await dialog.getByLabel('Name', { exact: true }).fill('Simulated survey')
  await dialog.getByRole('button', { name: 'Create project' }).click()
  await importReport(page, 120_000)
  await shoot('import-report')
  if (errors.length > 0) throw new Error(`the browser reported errors:\n${errors.join('\n')}`)
} finally {
  await browser.close()
  await app.stop()
  await modules.close()
  rmSync(app.folder, { recursive: true, force: true })
}
