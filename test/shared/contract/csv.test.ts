import { expect, test } from 'vitest'
import { csvLines } from '@shared/contract/csv'
import { learningCurveCsv } from '@shared/contract/learning-curve'
import { agreementCsv } from '@shared/contract/quality'

test('cells that hold commas, quotes or line ends are quoted, null is empty, numbers keep their digits', () => {
  expect(csvLines([['a,b', 'say "x"', 'two\nlines', null, 0.1 + 0.2, 0]])).toBe('"a,b","say ""x""","two\nlines",,0.30000000000000004,0\n')
})

test('a learning curve has a line for each measured model', () => {
  const point = { modelId: 'm', round: 2, trainingGalaxies: 90, testGalaxies: 30, meanRmse: 0.125, constantRmse: null, expertMinutes: 12.5 }
  expect(learningCurveCsv([point])).toBe(
    'round,model,training_galaxies,expert_minutes,test_galaxies,rmse,rmse_constant\n2,m,90,12.5,30,0.125,\n',
  )
})

test('agreement has a line for each question, empty where nothing is known', () => {
  const table = agreementCsv('Ada and Ben', {
    smooth: { n: 12, agreement: 0.75, kappa: 0.5, low: 0.25, high: 0.625 },
    bar: { n: 0, agreement: 0, kappa: null, low: null, high: null },
  })
  expect(table.split('\n').slice(1, 3)).toEqual(['Ada and Ben,smooth,12,0.75,0.5,0.25,0.625', 'Ada and Ben,bar,0,,,,'])
})
