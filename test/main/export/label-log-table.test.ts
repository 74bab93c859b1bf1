import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'csv-parse/sync'
import { expect, test } from 'vitest'
import { labellingSettingsSchema } from '@shared/contract/labelling'
import { showHints } from '@main/catalogue/hints'
import { writeLabellingSettings } from '@main/catalogue/labelling-settings'
import { appendLabel } from '@main/catalogue/labels'
import { saveModel } from '@main/catalogue/models'
import { savePredictions } from '@main/catalogue/predictions'
import { undoLatest } from '@main/catalogue/undo'
import { writeLabelLog } from '@main/export/label-log-table'
import { modelCard } from '../catalogue/model-card'
import { answerOf, nextUuid, surveyProject, temporaryFolder } from '../catalogue/support'

test('the label log is a table that tells what stands, and before what the prediction had been shown', async () => {
  const { db } = surveyProject({ count: 2 })
  saveModel(db, modelCard('m1', { outputs: ['smooth_yes'] }))
  await savePredictions(db, 'm1', [1], Float32Array.of(0.5))
  writeLabellingSettings(db, labellingSettingsSchema.parse({ hints: 'after' }))
  appendLabel(db, answerOf(1, 'smooth', 'yes'))
  showHints(db, { galaxyKey: 1, annotator: 'ada' })
  appendLabel(db, answerOf(1, 'smooth', 'no'))
  undoLatest(db, { uuid: nextUuid(), annotator: 'ada' })
  appendLabel(db, { uuid: nextUuid(), galaxyKey: 2, kind: 'note', note: 'two, "blue"\ncores', annotator: 'ada' })
  const path = join(temporaryFolder(), 'log.csv')
  expect(await writeLabelLog(db, path)).toBe(4)
  const data = parse(readFileSync(path, 'utf8'), { columns: true }) as Record<string, string>[]
  const columns = ['sequence', 'galaxy_id', 'kind', 'answer', 'note', 'hint_seen', 'stands']
  expect(data.map((row) => columns.map((column) => row[column]))).toEqual([
    ['1', 'g1', 'answer', 'yes', '', 'false', 'true'],
    ['2', 'g1', 'answer', 'no', '', 'true', 'false'],
    ['3', 'g1', 'undo', '', '', '', 'true'],
    ['4', 'g2', 'note', '', 'two, "blue"\ncores', '', 'true'],
  ])
  expect(data[2]!.undoes).toBe(data[1]!.uuid)
})

test('a label log that cannot be written leaves nothing behind', async () => {
  const { db } = surveyProject({ count: 1 })
  const folder = temporaryFolder()
  await expect(writeLabelLog(db, join(folder, 'log.fits'))).rejects.toMatchObject({ code: 'export/unknown-format' })
  await expect(writeLabelLog(db, join(folder, 'absent', 'log.csv'))).rejects.toMatchObject({ code: 'export/not-writable' })
  expect(readdirSync(folder)).toEqual([])
})
