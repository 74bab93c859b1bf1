import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { engineReportSchema } from '@shared/contract/engine'
import { metricsSchema, modelCardSchema, scorePartSchema } from '@shared/contract/records'
import { importReportSchema } from '@shared/contract/requests'
import { findTree } from '@shared/science/tree/built-in'
import { answerNames } from '@shared/science/tree/decision-tree'
import { isBuilt } from '../api/support'
import { jsonOf, startCommand } from './support'

const GALAXIES = 60
const gz2 = findTree('gz2')
const TRAINING_MS = 600_000

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'galaxy-desk-forms-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const file = (name: string, content: string) => {
  writeFileSync(join(folder, name), content)
  return name
}
const text = async (...args: string[]) => {
  const { status, out, err } = await startCommand(folder, args).ended
  expect([status, err]).toEqual([0, ''])
  return out
}

// Every form that scripts rely on, whole: strict schemas refuse a key that is new as well as one that is gone.
describe.skipIf(!isBuilt)('one round from the command line', () => {
  it(
    'answers each step with its document, and measures better than nothing at all',
    async () => {
      const sample = z.object({ counts: z.object({ galaxies: z.literal(GALAXIES) }), openRound: z.literal(1) })
      sample.parse(await jsonOf(folder, 'sample', 'drawn', '--galaxies', String(GALAXIES), '--seed', '3'))
      // One-off commands do not become what the next start opens.
      expect(existsSync(join(folder, 'data', 'recent-projects.json'))).toBe(false)

      await jsonOf(folder, 'init', 'survey', '--tree', 'gz2')
      const table = join('drawn', 'sample', 'galaxies.csv')
      const rows = readFileSync(join(folder, table), 'utf8').trimEnd().split('\n')
      const bad = file('galaxies.csv', `${[...rows, rows[1]].join('\n')}\n`)
      const report = importReportSchema
        .strict()
        .parse(await jsonOf(folder, 'import', 'survey', '--table', bad, '--images', join('drawn', 'sample', 'images')))
      expect([report.imported, report.refused]).toEqual([
        GALAXIES,
        [{ row: GALAXIES + 2, id: rows[1]!.split(',')[0], code: 'import/duplicate-id', message: expect.any(String) }],
      ])
      await jsonOf(folder, 'split', 'survey', '--test', '12', '--initial', '20')

      const quick = ['--model', 'w20-cnn-tree', '--size', '64', '--epochs', '2']
      const card = modelCardSchema.strict().parse(await jsonOf(folder, 'train', 'survey', ...quick))
      expect(card).toMatchObject({ id: 'model-001', network: 'w20-cnn-tree', sizePx: 64, epochs: 2, engine: 'wasm' })
      await jsonOf(folder, 'predict', 'survey', '--views', '1', '--samples', '2', '--out', 'fractions.csv')
      const [header, ...fractions] = readFileSync(join(folder, 'fractions.csv'), 'utf8').trimEnd().split('\n')
      expect(header!.split(',')).toEqual(['id', ...card.outputs.map((output) => `${output}_fraction`)])
      expect(fractions).toHaveLength(GALAXIES)

      const metrics = metricsSchema.strict().parse(await jsonOf(folder, 'measure', 'survey'))
      expect([metrics.modelId, metrics.testGalaxies]).toEqual(['model-001', 12])

      const chosen = z
        .strictObject({
          round: z.literal(1),
          galaxies: z
            .array(
              z.strictObject({
                id: z.string(),
                score: z.number().nullable(),
                random: z.boolean(),
                questions: z.record(z.string(), scorePartSchema.strict()),
              }),
            )
            .length(5),
          candidates: z.number().int(),
          meanSampleSpread: z.number().positive(),
        })
        .parse(await jsonOf(folder, 'acquire', 'survey', '--strategy', 'mutual-information', '--count', '5', '--samples', '3'))
      expect(chosen.galaxies.filter(({ random }) => random)).toHaveLength(1)

      const twice = file('votes.csv', `${[rows[0], ...rows.slice(1), ...rows.slice(1)].join('\n')}\n`)
      const { status, err } = await startCommand(folder, ['label', 'survey', '--votes', twice]).ended
      expect([status, err]).toEqual([
        2,
        expect.stringMatching(/^error import\/duplicate-id: Galaxy \S+ is in rows \d+ and \d+ of votes\.csv\./),
      ])
      const labelled = await jsonOf(folder, 'label', 'survey', '--votes', table, '--annotator', 'recorded')
      expect(labelled).toEqual({ round: 1, galaxies: 5, labelled: 5 })
      expect(await text('label', 'survey')).toBe('Round 1: 5 of 5 galaxies labelled.\n')
      expect(await text('jobs', 'survey')).toMatch(/^job +kind +state +model +created\n\S+ +acquire +done +/)
      expect(await text('check', 'survey')).toBe('All is well.\n')
    },
    TRAINING_MS,
  )
})

describe.skipIf(!isBuilt)('a command without a project', () => {
  it('doctor names the engine in use, and what is installed', async () => {
    const report = engineReportSchema.extend({ electron: z.string().nullable(), node: z.string() }).strict()
    const { engine, engines, node } = report.parse(await jsonOf(folder, 'doctor'))
    expect(engines.find(({ name }) => name === engine)).toMatchObject({ usable: true })
    expect(node).toBe(process.versions.node)
    expect(await text('doctor')).toMatch(new RegExp(`^Galaxy Desk computes with ${engine}(\\.|, as GALAXY_DESK_ENGINE says\\.)\\n`))
  })

  it('model counts the parameters of each layer', async () => {
    const count = z.number().int().nonnegative()
    const form = z.strictObject({
      layers: z.array(z.strictObject({ name: z.string(), outputShape: z.array(z.number().int()), parameters: count })),
      encoderParameters: count,
      headParameters: count,
      parameters: count,
    })
    const model = form.parse(await jsonOf(folder, 'model', 'w20-cnn-tree', '--tree', 'gz2'))
    expect(model.layers.reduce((sum, { parameters }) => sum + parameters, 0)).toBe(model.parameters)
    expect(model.encoderParameters + model.headParameters).toBe(model.parameters)
    expect(await text('model', 'w20-cnn-tree', '--tree', 'gz2')).toContain(` = ${model.parameters.toLocaleString('en')} parameters\n`)
  })

  const scores = z.strictObject({
    scores: z.array(z.strictObject({ total: z.number().nonnegative(), questions: z.record(z.string(), scorePartSchema.strict()) })),
  })

  it('score of samples that agree is zero, and of two certain opposites ln 2', async () => {
    const rho = file('rho.json', '[[0.3, 0.3], [0, 1]]')
    const found = scores.parse(await jsonOf(folder, 'score', '--rho', rho, '--votes', '1')).scores
    expect(found.map(({ total }) => total)).toEqual([expect.closeTo(0, 12), expect.closeTo(Math.LN2, 12)])
    expect(await text('score', '--rho', rho, '--votes', '1')).toMatch(/^galaxy +nats\n0 +0\.0000000\n1 +0\.6931472\n$/)
  })

  it('score of concentrations has every question of the tree', async () => {
    const answers = answerNames(gz2).length
    const sample = (value: number) => Array.from({ length: answers }, (_, i) => (i % 2 === 0 ? value : 1))
    const concentrations = file('concentrations.json', JSON.stringify([[sample(2), sample(9)]]))
    const [galaxy] = scores.parse(await jsonOf(folder, 'score', '--concentrations', concentrations, '--tree', 'gz2')).scores
    expect(Object.keys(galaxy!.questions)).toEqual(gz2.questions.map(({ name }) => name))
    expect(galaxy!.total).toBeGreaterThan(0)
  })

  it('measure reads a confusion table', async () => {
    const table = file('confusion.csv', ',bar_yes,bar_no\nbar_yes,8,2\nbar_no,1,9\n')
    expect(await jsonOf(folder, 'measure', '--table', table)).toEqual({ questions: { bar: { accuracy: 0.85, n: 20 } } })
    expect(await text('measure', '--table', table)).toMatch(/^question +accuracy +n\nbar +0\.8500 +20\n$/)
  })
})
