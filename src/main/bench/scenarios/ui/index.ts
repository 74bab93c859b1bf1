import { mkdirSync, rmSync } from 'node:fs'
import { cp, open } from 'node:fs/promises'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { CATALOGUE_FILE } from '@main/catalogue/open'
import { launchBrowser } from '../../browser'
import type { SideSettings } from '../../protocol'
import type { Prepared, RoundResult } from '../index'
import { filters, timeFilter } from './filters'
import { beginLabelling, labelGalaxies } from './labelling'
import { uiProject } from './project'
import { openCatalogueView, scrollList, showLayout } from './scrolling'
import { openWindow, type OpenWindow } from './window'

/** The pace of somebody who knows the keys by heart: thrice as fast as an expert looks at galaxies. */
const HUMAN_MS = 150
/** Galaxies of the queue that nobody gets to: nothing is measured at its end. */
const SPARE = 10

type Times = NonNullable<RoundResult['times']>

/**
 * What a person waits for in the window: the built program serves a whole survey to a real Chromium, in which real keys and wheel turns are made.
 * Each round begins with a fresh copy of the project, each filter's first time with a fresh start of the program. See [Note: The page's clock].
 */
export async function prepareUi(settings: SideSettings): Promise<Prepared> {
  const { folder, keep, galaxies, labels, repeats } = settings
  const browser = await launchBrowser()
  // Whoever stops the bench stops the program that it looks at.
  process.once('SIGTERM', () => process.exit(1))
  const home = keep ?? folder
  mkdirSync(home, { recursive: true })
  const survey = await uiProject(home, { galaxies, queue: 2 * labels + SPARE }, (text) => process.stderr.write(`ui: ${text}\n`))
  return {
    about: {
      program: `Chromium ${browser.version()}`,
      unit: 'galaxy',
      notes: [
        `${galaxies.toLocaleString('en')} galaxies; ${repeats === 1 ? 'once' : `${repeats} times`}: ${labels} galaxies labelled with a key each ${HUMAN_MS} ms and ${labels} as fast as the tick allows`,
        'a time ends two frames after what it led to is in the document: up to 33 ms of it are waiting for the screen',
      ],
    },
    round: async () => {
      const project = join(folder, 'round.galaxydesk')
      await copyToDisk(survey, project)
      try {
        return { times: await measure(browser, join(folder, 'app'), project, settings) }
      } finally {
        rmSync(project, { recursive: true, force: true })
        rmSync(join(folder, 'app'), { recursive: true, force: true })
      }
    },
    close: () => browser.close(),
  }
}

/** On the disk when it resolves: else the first checkpoint of the copy, a label's commit, would wait for all of it to be written. */
async function copyToDisk(from: string, to: string): Promise<void> {
  await cp(from, to, { recursive: true })
  const catalogue = await open(join(to, CATALOGUE_FILE), 'r+')
  await catalogue.sync().finally(() => catalogue.close())
}

async function measure(browser: Browser, folder: string, project: string, { labels, samples }: SideSettings): Promise<Times> {
  const times: Times = {}
  const inWindow = async (work: (window: OpenWindow) => Promise<void>) => {
    const window = await openWindow(browser, folder, project)
    try {
      await work(window)
    } finally {
      await window.close()
    }
  }
  await inWindow(async ({ page }) => {
    await beginLabelling(page)
    const calm = await labelGalaxies(page, labels, HUMAN_MS)
    const fast = await labelGalaxies(page, labels, 0)
    times[''] = calm.imageMs
    times['key to tick'] = calm.tickMs
    times['key to next image, as fast as the tick'] = fast.imageMs
    times['key to tick, as fast as the tick'] = fast.tickMs
  })
  await inWindow(async ({ page }) => {
    times['catalogue opened for the first time'] = [await openCatalogueView(page)]
    for (const layout of ['Gallery', 'Table'] as const) {
      const name = layout.toLowerCase() as 'gallery' | 'table'
      await showLayout(page, layout)
      const { wheelMs, jumpFrameMs, jumpMs } = await scrollList(page, name, samples)
      times[`${name}: frame while the wheel turns`] = wheelMs
      times[`${name}: frame of a jump`] = jumpFrameMs
      times[`${name}: jump to its rows`] = jumpMs
    }
  })
  for (const [name, filter] of Object.entries(filters)) {
    await inWindow(async ({ page }) => {
      await openCatalogueView(page)
      const { firstMs, againMs } = await timeFilter(page, filter, samples)
      times[`filter, first: ${name}`] = [firstMs]
      times[`filter, again: ${name}`] = againMs
    })
  }
  return times
}
