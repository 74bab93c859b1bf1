import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { readAgreement, readPairAgreement } from '@main/catalogue/agreement'
import { appendLabel } from '@main/catalogue/labels'
import type { WritableDb } from '@main/catalogue/open'
import { readQuality } from '@main/catalogue/quality'
import { isBuilt } from '../api/support'
import { answerOf, surveyProject } from '../catalogue/support'
import { jsonOf, startCommand } from './support'

const GALAXIES = 20

let folder: string
let path: string
let db: WritableDb
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'galaxy-desk-quality-'))))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
beforeEach(() => {
  ;({ path, db } = surveyProject({ count: GALAXIES }))
  for (let key = 1; key <= GALAXIES; key++) {
    appendLabel(db, answerOf(key, 'smooth', key % 2 === 0 ? 'yes' : 'no', 'Ada'))
    appendLabel(db, answerOf(key, 'smooth', key % 4 === 0 ? 'yes' : 'no', 'Ben'))
    if (key <= 12) appendLabel(db, answerOf(key, 'smooth', 'yes', 'Cleo'))
  }
})

const run = (...args: string[]) => startCommand(folder, args).ended
const lines = (name: string) => readFileSync(join(folder, name), 'utf8').trimEnd().split('\n')

describe.skipIf(!isBuilt)('agreement', () => {
  it('is what the window shows, of all and of two, for scripts and as CSV', async () => {
    expect(await jsonOf(folder, 'agreement', path)).toEqual(readAgreement(db))
    const two = readPairAgreement(db, 'Ada', 'Ben')
    expect(two).toMatchObject({ galaxies: GALAXIES, questions: { smooth: { agreement: 0.75, kappa: 0.5 } } })
    expect(await jsonOf(folder, 'agreement', path, '--between', 'Ada', 'Ben', '--out', 'two.csv')).toEqual(two)
    const { n, agreement, kappa, low, high } = two.questions.smooth!
    expect(lines('two.csv')).toContain(['Ada and Ben', 'smooth', n, agreement, kappa, low, high].join(','))
    expect(readdirSync(folder).filter((name) => name.endsWith('.part'))).toEqual([])
  })

  it('is said in a line for each question that two answered', async () => {
    const { status, out } = await run('agreement', path, '--between', 'Ada', 'Ben')
    expect(status).toBe(0)
    expect(out).toMatch(/^20 galaxies labelled by both\.\nsmooth: kappa 0\.50 \(-?0\.\d\d to 0\.\d\d\), same answer 75\.0 % of 20\n/)
  })
})

describe.skipIf(!isBuilt)('quality', () => {
  it('is that of the annotator who is named, and of nobody else', async () => {
    expect(await jsonOf(folder, 'quality', path, '--annotator', 'Cleo')).toEqual(readQuality(db, 'Cleo'))
    for (const args of [[], ['--annotator', 'Dan']]) {
      const { status, err } = await run('quality', path, ...args)
      expect([status, err]).toEqual([2, expect.stringMatching(/^error label\/unknown-annotator: .*There are: Ada, Ben, Cleo\.$/m)])
    }
  })
})

describe.skipIf(!isBuilt)('curve', () => {
  it('of a project without a measured model has its names alone', async () => {
    expect(await jsonOf(folder, 'curve', path, '--out', 'curve.csv')).toEqual({ points: [] })
    expect(lines('curve.csv')).toEqual(['round,model,training_galaxies,expert_minutes,test_galaxies,rmse,rmse_constant'])
  })
})
