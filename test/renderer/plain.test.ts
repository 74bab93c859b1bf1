import { describe, expect, test } from 'vitest'
import { formatDegrees, formatPercent, formatPixelScale, formatRaDegrees, formatSecondsLeft, inWords } from '@renderer/format'
import { emptyImportDraft, toImportParams } from '@renderer/import-draft'
import { learningCurve, meanConstantRmse } from '@shared/contract/learning-curve'
import { isProjectName, projectPath } from '@renderer/project-path'
import { defaultRoundDraft, toRoundRequest } from '@renderer/round-draft'
import { scaleBar } from '@renderer/scale-bar'
import { stepsOf } from '@renderer/tree-path'
import { jobParamsSchema } from '@shared/contract/job'
import { card, gz2, metrics, project, round } from './support'

describe('the way along the tree', () => {
  test('only the root is asked of a galaxy without answers', () => {
    expect(stepsOf(gz2, []).map(({ question, answer }) => [question.name, answer])).toEqual([['smooth-or-featured', null]])
  })
  test('an answer left over from a branch that was changed asks nothing and is not shown', () => {
    const steps = stepsOf(gz2, [
      { question: 'smooth-or-featured', answer: 'smooth' },
      { question: 'disk-edge-on', answer: 'yes' },
    ])
    expect(steps.map(({ question }) => question.name)).not.toContain('disk-edge-on')
    expect(steps.map(({ question }) => question.name)).not.toContain('bulge-shape')
  })
  test('an artifact asks nothing more', () => {
    expect(stepsOf(gz2, [{ question: 'smooth-or-featured', answer: 'artifact' }])).toHaveLength(1)
  })
})

describe('what is written on screen', () => {
  test('an unknown position and an unknown pixel scale are called unknown', () => {
    expect([formatDegrees(null), formatPixelScale(null)]).toEqual(['unknown', 'unknown'])
    expect([formatDegrees(0), formatPixelScale(0.396)]).toEqual(['0.00000°', '0.396″/pixel'])
  })
  test.each([
    [0, '0.0 %'],
    [0.0004, '< 0.1 %'],
    [0.0005, '0.1 %'],
    [0.123, '12.3 %'],
    [0.9994, '99.9 %'],
    [2499 / 2500, '> 99.9 %'],
    [1, '100.0 %'],
  ])('a share of %d is %s: neither nothing nor all where it is not', (share, text) => {
    expect(formatPercent(share)).toBe(text)
  })
  test('a right ascension that is rounded up to the whole circle is zero', () => {
    expect([0, 184.951012, 359.999994, 359.999999, 360, -0.000001, null].map(formatRaDegrees)).toEqual([
      '0.00000°',
      '184.95101°',
      '359.99999°',
      '0.00000°',
      '0.00000°',
      '0.00000°',
      'unknown',
    ])
  })
  test('an angle that is rounded to zero has no sign, and no other is changed', () => {
    expect([-0.000001, 0.000001, -0.00001, -89.999999, 90].map(formatDegrees)).toEqual([
      '0.00000°',
      '0.00000°',
      '-0.00001°',
      '-90.00000°',
      '90.00000°',
    ])
  })
  test('remaining time is given in its two largest units', () => {
    expect([null, 0.4, 59, 61, 3725].map(formatSecondsLeft)).toEqual(['', '0 s left', '59 s left', '1 min 1 s left', '1 h 2 min left'])
  })
  test('names of answers are read as words', () => {
    expect([inWords('featured-or-disk'), inWords('cant-tell')]).toEqual(['featured or disk', "can't tell"])
  })
  test.each([42.4, 9, 100, 0.7])('the scale bar of an image %f arcsec wide is round and at most a quarter of it', (widthArcsec) => {
    const { arcsec, share } = scaleBar(widthArcsec)
    expect(share).toBeGreaterThan(0.09)
    expect(share).toBeLessThanOrEqual(0.25)
    expect(share * widthArcsec).toBeCloseTo(arcsec, 12)
    expect([1, 2, 5]).toContain(Number((arcsec / 10 ** Math.floor(Math.log10(arcsec))).toFixed(9)))
  })
})

describe('forms', () => {
  test('a project goes into a folder with the separators of its parent', () => {
    expect(projectPath('/data', 'sky')).toBe('/data/sky.galaxydesk')
    expect(projectPath('C:\\data\\', 'sky.galaxydesk')).toBe('C:\\data\\sky.galaxydesk')
  })
  test('a name that leaves its folder is no project name', () => {
    expect(['sky', 'my sky 2'].map(isProjectName)).toEqual([true, true])
    expect(['', '..', '../x', 'a\\b', ' sky', 'a:b'].map(isProjectName)).toEqual([false, false, false, false, false, false])
  })
  test('empty fields of an import are left out, and a pixel scale is a number or the name of a column', () => {
    expect(toImportParams({ ...emptyImportDraft(), images: '/i', pixelScale: '0.396' })).toEqual({ images: '/i', pixelScale: 0.396 })
    expect(toImportParams({ ...emptyImportDraft(), table: '/t.csv', pixelScale: 'scale' })).toEqual({
      table: '/t.csv',
      pixelScale: 'scale',
    })
  })
  test('a first round trains from scratch and leaves network and epochs to the program', () => {
    const request = jobParamsSchema.parse(toRoundRequest(defaultRoundDraft(project({ latestModel: null }))))
    if (request.kind !== 'round') throw new Error('not a round')
    expect(request.params.train).toMatchObject({ from: 'scratch', seed: 1 })
    expect(request.params.train.network).toBeUndefined()
    expect(request.params.train.epochs).toBeUndefined()
    expect(request.params.acquire).toMatchObject({ strategy: 'mutual-information-tree', count: 32, votes: 1, randomShare: 0.2 })
  })
  test('a later round goes on from the newest model and keeps its network', () => {
    const draft = { ...defaultRoundDraft(project({ latestModel: 'model-3' })), network: 'w20-cnn' as const }
    expect(toRoundRequest(draft)).toMatchObject({ params: { train: { from: 'model-3' } } })
    expect(JSON.stringify(toRoundRequest(draft))).not.toContain('w20-cnn')
  })
  test('the network of one output is given its question and answer', () => {
    const draft = { ...defaultRoundDraft(project()), start: 'scratch' as const, network: 'w20-cnn' as const }
    expect(toRoundRequest(draft)).toMatchObject({
      params: { train: { from: 'scratch', question: 'smooth-or-featured', answer: 'smooth' } },
    })
  })
})

describe('the learning curve', () => {
  test('has a point for each measured model and none for the others', () => {
    const rounds = [
      round(0, {
        models: [
          { card: card('a', 0), metrics: metrics(0.2), expertMinutes: 0 },
          { card: card('b', 0), metrics: null, expertMinutes: 0 },
        ],
      }),
      round(1, { models: [{ card: card('c', 1), metrics: metrics(null), expertMinutes: 0 }] }),
    ]
    expect(learningCurve(rounds)).toEqual([
      {
        modelId: 'a',
        round: 0,
        trainingGalaxies: 120,
        testGalaxies: 140,
        meanRmse: 0.2,
        constantRmse: Math.sqrt((0.26 ** 2 + 0.04 ** 2) / 2),
        expertMinutes: 0,
      },
    ])
  })
  test('has the minutes of experts that each model was trained on', () => {
    const models = [4, 6.5].map((expertMinutes, i) => ({ card: card(`m${i}`, 1), metrics: metrics(0.2), expertMinutes }))
    expect(learningCurve([round(1, { expertMinutes: 9, models })]).map(({ expertMinutes }) => expertMinutes)).toEqual([4, 6.5])
  })
  test('the constant predictor has the root mean square over answers and the mean over the questions that have galaxies', () => {
    const two = {
      ...metrics(0.2).questions,
      ring: { accuracy: 1, n: 9, answers: { yes: { rmse: 0.1, rmseConstant: 0.5, noiseFloor: 0, n: 9, ratio: null } } },
    }
    expect(meanConstantRmse(metrics(0.2, { questions: two }))).toBeCloseTo((Math.sqrt((0.26 ** 2 + 0.04 ** 2) / 2) + 0.5) / 2, 12)
    expect(meanConstantRmse(metrics(null, { questions: {} }))).toBeNull()
  })
  test('a question without votes in training leaves no constant to compare with', () => {
    const one = { ring: { accuracy: 1, n: 9, answers: { yes: { rmse: 0.1, rmseConstant: null, noiseFloor: 0, n: 9, ratio: null } } } }
    expect(meanConstantRmse(metrics(0.1, { questions: one }))).toBeNull()
  })
})
