import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { predictParamsSchema } from '@shared/contract/job'
import { openCatalogue } from '@main/catalogue/open'
import { parseTree } from '@shared/science/tree/parse-tree'
import { createProject } from '@main/catalogue/project'
import { runSplit } from '@main/catalogue/run-split'
import { runImport } from '@main/ingest/run-import'
import { packageRoot } from '@main/paths'
import { createLoop } from '@main/services/loop'
import { floatImage } from '../images/fits/support'
import { makeFolder } from '../ingest/support'
import { computeHere, jobContext, tinyTraining, useFastest } from './loop-support'

const tree = parseTree({ id: 'bright', questions: [{ name: 'bright', answers: ['yes', 'no'] }] })

beforeAll(useFastest)

const shared = join(packageRoot(), '..', 'shared', 'data', 'fits')
/** Those of surveys take part where they are beside the checkout. */
const ofSurveys = existsSync(shared)
  ? readdirSync(shared)
      .filter((name) => name.endsWith('.fits'))
      .map((name) => join(shared, name))
  : []

describe('a survey of FITS images', () => {
  test('is imported, trained on and predicted like any other', async () => {
    const folder = makeFolder()
    const images = join(folder, 'images')
    mkdirSync(images)
    const made = Array.from({ length: 12 }, (_, i) => {
      const values = Array.from({ length: 3 * 24 * 24 }, (_, at) => i + Math.sin(at * 12.9898))
      writeFileSync(join(images, `g${i}.fits`), floatImage([24, 24, 3], values, [['BANDS', 'grz']]))
      return join(images, `g${i}.fits`)
    })
    const files = [...made, ...ofSurveys]
    const rows = files.map((file, i) => `n${i},${file},${i % 2 === 0 ? '9,1' : '1,9'}`)
    writeFileSync(join(folder, 'votes.csv'), ['id,file,bright_yes,bright_no', ...rows].join('\n'))
    const path = createProject(join(folder, 'fits.galaxydesk'), tree)
    expect(await runImport(path, { table: join(folder, 'votes.csv'), images })).toMatchObject({ imported: files.length, refusedCount: 0 })
    await runSplit(path, { test: 3, initial: 'all', seed: 1 })
    const db = openCatalogue(path)
    try {
      const loop = createLoop(db, computeHere())
      const card = await loop.train(tinyTraining(), jobContext('train'))
      expect(card.trainingGalaxies + card.validationGalaxies).toBe(files.length - 3)

      const predicted = await loop.predict(predictParamsSchema.parse({ views: 1, samples: 2 }), jobContext('predict'))
      expect(predicted.galaxies).toBe(files.length)
    } finally {
      db.close()
    }
  })
})
