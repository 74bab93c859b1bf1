import { describe, expect, it } from 'vitest'
import { checkFilter } from '@shared/science/filter/check-filter'
import { directions } from '@shared/science/filter/cone'
import { evaluate, type GalaxyValues } from '@shared/science/filter/evaluate'
import { FilterError } from '@shared/science/filter/filter-error'
import { parseFilter } from '@shared/science/filter/parse-filter'
import { andInto, FALSE, notInto, orInto, TRUE, trueRows, UNKNOWN } from '@shared/science/filter/truth'
import type { KnownColumn, Vocabulary } from '@shared/science/filter/vocabulary'
import { parseTree } from '@shared/science/tree/parse-tree'

const tree = parseTree({
  id: 'small',
  questions: [
    { name: 'smooth', answers: ['yes', 'no'] },
    { name: 'bar', answers: ['strong', 'weak', 'no'], after: ['smooth_no'] },
  ],
})
const vocabulary: Vocabulary = {
  tree,
  models: [
    { id: 'model-001', outputs: ['smooth_yes', 'smooth_no'] },
    { id: 'model-002', outputs: ['smooth_yes', 'smooth_no', 'bar_strong', 'bar_weak', 'bar_no'] },
  ],
  rounds: [0, 1],
  metadata: new Map([
    ['redshift', 'number'],
    ['survey', 'text'],
    ['petro r90', 'number'],
  ]),
}

const numbers: Record<string, number[]> = {
  fraction: [0.9, 0.5, NaN, 0.1, NaN],
  votes: [40, 2, 0, 10, NaN],
  prediction: [0.5, NaN, 0.25, 0.75, 0],
  score: [NaN, 1, 2, NaN, NaN],
  metadata: [0.1, 0.2, NaN, NaN, 0.5],
  ra: [10, 350, NaN, 10, 0],
  dec: [0, 0, NaN, 90, 0],
}
const galaxies: GalaxyValues = {
  count: 5,
  numbers: (column: KnownColumn) => Float64Array.from(numbers[column.kind]!),
  texts: () => ({ codes: Int32Array.of(0, 1, -1, 0, 1), values: ['DECaLS', 'sdss.[8]'] }),
  directions: () => directions(Float64Array.from(numbers.ra!), Float64Array.from(numbers.dec!)),
  withId: (_, value) => (value === 'g3' ? [3] : []),
  inState: (state) =>
    Uint8Array.from({ length: 5 }, (_, row) => (({ labelled: [0, 3], test: [1] })[state as string] ?? []).includes(row) ? TRUE : FALSE),
  inRound: (round) => (round === 1 ? [1, 2] : [0]),
  annotatedBy: (test) => [['ada', 0] as const, ['bob', 3] as const].flatMap(([name, row]) => (test(name) ? [row] : [])),
  answersTo: (question) => (question === 'smooth' ? [[0, new Set(['yes'])] as const, [3, new Set(['yes', 'no'])] as const] : []),
}

const truthOf = (text: string) => [...evaluate(checkFilter(parseFilter(text), vocabulary), galaxies)]
const rowsOf = (text: string) => [...trueRows(evaluate(checkFilter(parseFilter(text), vocabulary), galaxies))]
const [F, U, T] = [FALSE, UNKNOWN, TRUE]

describe('three-valued logic', () => {
  it('has the truth tables of SQL', () => {
    const [left, right] = [
      [F, F, F, U, U, U, T, T, T],
      [F, U, T, F, U, T, F, U, T],
    ]
    const [and, or, not] = [Uint8Array.from(left!), Uint8Array.from(left!), Uint8Array.of(F, U, T)]
    andInto(and, Uint8Array.from(right!))
    orInto(or, Uint8Array.from(right!))
    notInto(not)
    expect([...and]).toEqual([F, F, F, F, U, U, F, U, T])
    expect([...or]).toEqual([F, U, T, U, U, T, T, T, T])
    expect([...not]).toEqual([T, U, F])
  })

  it('finds a galaxy without the value neither by a condition nor by its opposite', () => {
    expect(rowsOf('smooth_yes > 0.4')).toEqual([0, 1])
    expect(rowsOf('not smooth_yes > 0.4')).toEqual([3])
    for (const operator of ['=', '!=', '<', '<=', '>', '>=']) {
      expect([truthOf(`smooth_yes ${operator} 0.5`)[2], truthOf(`not smooth_yes ${operator} 0.5`)[4]]).toEqual([U, U])
    }
  })

  it('lets what is known decide where it is enough', () => {
    expect(truthOf('smooth_yes > 0 or test')).toEqual([T, T, U, T, U])
    expect(truthOf('smooth_yes > 0 and test')).toEqual([F, T, F, F, F])
    expect(rowsOf('not known(smooth_yes)')).toEqual([2, 4])
    expect(rowsOf('known(survey) and not known(ra) or not known(survey) and known(id)')).toEqual([2])
  })
})

describe('each condition', () => {
  it.each<[string, number[]]>([
    ['', [0, 1, 2, 3, 4]],
    ['votes(smooth) >= 10', [0, 3]],
    ['votes(smooth) = 0', [2]],
    ['votes(smooth) != 0', [0, 1, 3]],
    ['predicted.bar_no <= 0.25', [2, 4]],
    ['score < 2', [1]],
    ['redshift >= 0.2', [1, 4]],
    ['metadata.`petro r90` < 0.2', [0]],
    ['survey = "DECaLS"', [0, 3]],
    ['survey != "DECaLS"', [1, 4]],
    ['survey ~ "sdss?[[]8]"', []],
    ['survey ~ ".*"', []],
    ['survey ~ "sdss.[?]"', [1, 4]],
    ['survey ~ "*"', [0, 1, 3, 4]],
    ['survey ~ "decals"', []],
    ['id = "g3"', [3]],
    ['id != "g3"', [0, 1, 2, 4]],
    ['cone(0, 0, 10.1 deg)', [0, 1, 4]],
    ['not cone(0, 0, 10.1 deg)', [3]],
    ['labelled', [0, 3]],
    ['not labelled', [1, 2, 4]],
    ['in-round 1', [1, 2]],
    ['annotator = "ada"', [0]],
    ['annotator != "ada"', [1, 2, 3, 4]],
    ['annotator ~ "?o?"', [3]],
    ['answered(smooth)', [0, 3]],
    ['not answered(smooth)', [1, 2, 4]],
    ['answered(smooth) = no', [3]],
    ['answered(smooth) != no', [0]],
    ['not answered(smooth) = no', [0]],
    ['answered(bar) = no', []],
  ])('%s', (text, rows) => expect(rowsOf(text)).toEqual(rows))
})

describe('a name that is not there', () => {
  const faultOf = (text: string, known: Vocabulary = vocabulary) => {
    try {
      checkFilter(parseFilter(text), known)
    } catch (error) {
      if (error instanceof FilterError) return [error.code, error.at, error.message]
      throw error
    }
    throw new Error(`${text} was accepted`)
  }

  it.each<[string, string, number, RegExp]>([
    ['test and bar_strang > 1', 'filter/unknown-column', 9, /no column bar_strang\. Did you mean "bar_strong"\?/],
    ['red_shift > 1', 'filter/unknown-column', 0, /Did you mean "redshift"\?/],
    ['petro > 1', 'filter/unknown-column', 0, /Did you mean "petro r90"\?/],
    ['nothing_like > 1', 'filter/unknown-column', 0, /The columns are: redshift/],
    ['metadata.bar_strong > 1', 'filter/unknown-column', 0, /The columns are: redshift, survey, petro r90/],
    ['votes(baar) > 1', 'filter/unknown-question', 0, /no question "baar"\. Did you mean "bar"\?/],
    ['answered(bars)', 'filter/unknown-question', 0, /Did you mean "bar"\?/],
    ['answered(bar) = stron', 'filter/unknown-answer', 0, /Did you mean "strong"\?/],
    ['predicted.bar_stron > 1', 'filter/unknown-answer', 0, /model-002 predicts no "bar_stron"\. Did you mean "bar_strong"\?/],
    ['predicted@model-001.bar_no > 1', 'filter/unknown-answer', 0, /It predicts: smooth_yes, smooth_no/],
    ['predicted@model-01.bar_no > 1', 'filter/unknown-model', 0, /Did you mean "model-001"/],
    ['score@7 > 1', 'filter/unknown-round', 0, /no round 7; the newest is 1/],
    ['in-round 2', 'filter/unknown-round', 0, /no round 2/],
    ['survey > 3', 'filter/bad-value', 0, /survey is a text/],
    ['id = 5877', 'filter/bad-value', 0, /id is a text.*id = "5877"/],
    ['redshift = "0.1"', 'filter/bad-value', 0, /redshift is a number/],
  ])('%s', (text, code, at, message) => expect(faultOf(text)).toEqual([code, at, expect.stringMatching(message)]))

  it('may only be not there yet', () => {
    const young = { ...vocabulary, models: [], rounds: [] }
    expect(faultOf('predicted.bar_no > 1', young)[0]).toBe('filter/no-predictions')
    expect(faultOf('score > 1', young)[0]).toBe('filter/no-rounds')
  })
})
