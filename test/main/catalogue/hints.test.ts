import { beforeEach, describe, expect, test } from 'vitest'
import { labellingSettingsSchema, type LabellingSettings } from '@shared/contract/labelling'
import { answerNames } from '@shared/science/tree/decision-tree'
import { readHistory } from '@main/catalogue/history'
import { countHintedTestGalaxies } from '@main/catalogue/hint-sights'
import { showHints } from '@main/catalogue/hints'
import { writeLabellingSettings } from '@main/catalogue/labelling-settings'
import { appendBatch, appendLabel, readLabelLog } from '@main/catalogue/labels'
import { saveModel } from '@main/catalogue/models'
import type { WritableDb } from '@main/catalogue/open'
import { savePredictions } from '@main/catalogue/predictions'
import { readQueueItem } from '@main/catalogue/queue-items'
import { openRound } from '@main/catalogue/rounds'
import { turnOf } from '@main/catalogue/turns'
import { redoLatest, undoLatest } from '@main/catalogue/undo'
import { modelCard } from './model-card'
import { answerOf, nextUuid, predictCutOff, smallTree, surveyProject } from './support'

const outputs = answerNames(smallTree)
/** smooth, edge-on, bar, odd; binary fractions, which float32 keeps as they are. */
const FRACTIONS = [0.25, 0.625, 0.125, 0.75, 0.25, 0.5, 0.5, 0.0625, 0.9375]

let db: WritableDb
beforeEach(async () => {
  db = surveyProject({ count: 4 }).db
  saveModel(db, modelCard('m1', { outputs, round: 3 }))
  await savePredictions(db, 'm1', [1, 2, 3], Float32Array.from([...FRACTIONS, ...FRACTIONS, ...FRACTIONS]))
})

const set = (hints: LabellingSettings['hints']) => writeLabellingSettings(db, labellingSettingsSchema.parse({ hints }))
const show = (galaxyKey = 1, annotator = 'ada', pass = 0) => showHints(db, { galaxyKey, annotator, turn: turnOf(db, galaxyKey, pass) })
const shown = (...look: Parameters<typeof show>) => show(...look).questions.map(({ question }) => question)
const answer = (question: string, given: string, more: { annotator?: string; turn?: string } = {}) =>
  appendLabel(db, { ...answerOf(1, question, given), ...more }).hintSeen
const undo = () => undoLatest(db, { uuid: nextUuid(), annotator: 'ada' })

describe('what the model predicts', () => {
  test('is shown of no galaxy while only some have it', async () => {
    set('before')
    saveModel(db, modelCard('m2', { outputs, round: 4 }))
    await predictCutOff(db, 'm2', outputs.length)
    expect(show()).toMatchObject({ model: { id: 'm2' }, isPredicted: false, questions: [] })
  })

  test('is shown to nobody unless the project says so', () => {
    expect(show()).toEqual({ setting: 'never', model: null, isPredicted: false, questions: [] })
    answer('smooth', 'yes')
    answer('odd', 'no')
    expect(shown()).toEqual([])
    expect(db.prepare('SELECT count(*) FROM hint_sights').pluck().get()).toBe(0)
  })

  test('is shown at once with `before`: every question, its fractions and the first guess, and whose they are', () => {
    set('before')
    expect(show()).toEqual({
      setting: 'before',
      model: { id: 'm1', round: 3, network: 'w20-cnn-tree' },
      isPredicted: true,
      questions: [
        { question: 'smooth', fractions: { yes: 0.25, no: 0.625, artifact: 0.125 }, guess: 'no' },
        { question: 'edge-on', fractions: { yes: 0.75, no: 0.25 }, guess: 'yes' },
        { question: 'bar', fractions: { yes: 0.5, no: 0.5 }, guess: 'yes' },
        { question: 'odd', fractions: { yes: 0.0625, no: 0.9375 }, guess: 'no' },
      ],
    })
  })

  test('is shown with `after` of the questions alone that this annotator has answered, by what is committed', () => {
    set('after')
    expect(show()).toMatchObject({ setting: 'after', isPredicted: true, questions: [] })
    answer('smooth', 'no')
    expect(shown()).toEqual(['smooth'])
    expect([shown(1, 'ben'), shown(2)]).toEqual([[], []])
    appendLabel(db, { uuid: nextUuid(), galaxyKey: 1, kind: 'cannot-tell', question: 'edge-on', annotator: 'ada' })
    expect(shown()).toEqual(['smooth', 'edge-on'])
    undo()
    expect(shown()).toEqual(['smooth'])
    // What hung from the earlier answer counts no longer.
    answer('edge-on', 'yes')
    answer('smooth', 'yes')
    expect(shown()).toEqual(['smooth'])
  })

  test('is not shown of a galaxy that came back before it is answered again', () => {
    set('after')
    answer('smooth', 'no')
    expect([shown(1, 'ada', 0), shown(1, 'ada', 1)]).toEqual([['smooth'], []])
  })

  test('is of the latest model alone, which may not have predicted the galaxy', async () => {
    set('before')
    expect(show(4)).toMatchObject({ model: { id: 'm1' }, isPredicted: false, questions: [] })
    saveModel(db, modelCard('m2', { outputs: ['odd_yes'], round: 4, likelihood: 'binomial', network: 'w20-cnn' }))
    expect(show()).toMatchObject({ model: { id: 'm2', round: 4, network: 'w20-cnn' }, isPredicted: false })
    await savePredictions(db, 'm2', [1], Float32Array.of(0.25))
    expect(show().questions).toEqual([{ question: 'odd', fractions: { yes: 0.25, no: 0.75 }, guess: 'no' }])
  })

  test('is nothing where no model was trained', () => {
    db = surveyProject({ count: 1 }).db
    set('before')
    expect(show()).toEqual({ setting: 'before', model: null, isPredicted: false, questions: [] })
  })

  test('is refused of a galaxy that is not there, and in a turn of another', () => {
    set('before')
    expect(() => showHints(db, { galaxyKey: 99, annotator: 'ada' })).toThrow(expect.objectContaining({ code: 'galaxy/unknown' }) as Error)
    expect(() => showHints(db, { galaxyKey: 1, annotator: 'ada', turn: turnOf(db, 2, 0) })).toThrow(
      expect.objectContaining({ code: 'label/unknown-turn' }) as Error,
    )
  })
})

describe('that it was in sight', () => {
  test('is kept with the answers that follow, of this annotator and turn only', () => {
    set('before')
    show()
    expect(answer('smooth', 'no')).toBe(true)
    expect(answer('smooth', 'no', { annotator: 'ben' })).toBe(false)
    expect(answer('smooth', 'no', { turn: turnOf(db, 1, 1) })).toBe(false)
    expect(readLabelLog(db, { galaxyKey: 1, limit: 10 }).map(({ annotator, hintSeen }) => [annotator, hintSeen])).toEqual([
      ['ada', false],
      ['ben', false],
      ['ada', true],
    ])
  })

  test('is false of an answer that came first, and true of its change after the hint was shown', () => {
    set('after')
    expect(answer('smooth', 'no')).toBe(false)
    show()
    expect(answer('smooth', 'yes')).toBe(true)
    expect(answer('odd', 'no')).toBe(false)
  })

  test('stays so when the setting changes, and the answer is undone and brought back', () => {
    set('before')
    show()
    set('never')
    expect(answer('smooth', 'no')).toBe(true)
    const [undone] = undo()
    expect(undone!.hintSeen).toBeNull()
    redoLatest(db, { uuid: nextUuid(), annotator: 'ada' })
    expect(readHistory(db, { limit: 1, galaxyKey: 1 }).entries).toMatchObject([{ kind: 'answer', hintSeen: true, stands: true }])
    expect(answer('odd', 'no')).toBe(true)
  })

  test('is known of each entry of a batch, and of nothing that is of no question', () => {
    set('before')
    show(1)
    const entries = [1, 2].map((galaxyKey) => ({ uuid: nextUuid(), galaxyKey, kind: 'answer' as const, question: 'odd', answer: 'no' }))
    const batch = { batch: nextUuid(), annotator: 'ada', entries }
    expect(appendBatch(db, batch).map(({ hintSeen }) => hintSeen)).toEqual([true, false])
    show(2)
    // Sent again, it is what it was.
    expect(appendBatch(db, batch).map(({ hintSeen }) => hintSeen)).toEqual([true, false])
    expect(appendLabel(db, { uuid: nextUuid(), galaxyKey: 1, kind: 'star', annotator: 'ada' }).hintSeen).toBeNull()
  })
})

test('test galaxies that were labelled so are counted, by what stands', () => {
  const held = 3
  db.prepare("INSERT INTO held_out VALUES (?, 'test')").run(held)
  set('before')
  show(1)
  show(held)
  answer('smooth', 'no')
  expect(countHintedTestGalaxies(db)).toBe(0)
  appendLabel(db, answerOf(held, 'smooth', 'no'))
  appendLabel(db, answerOf(held, 'odd', 'no'))
  expect(countHintedTestGalaxies(db)).toBe(1)
  undo()
  expect(countHintedTestGalaxies(db)).toBe(1)
  undo()
  expect(countHintedTestGalaxies(db)).toBe(0)
  set('never')
  appendLabel(db, answerOf(held, 'smooth', 'no', 'ben'))
  expect(countHintedTestGalaxies(db)).toBe(0)
})

describe('why a galaxy was chosen', () => {
  const parts = { smooth: { mutualInformation: 0.5, proportionAsked: 1 }, 'edge-on': { mutualInformation: 0.25, proportionAsked: 0.625 } }
  const toldOf = () => Object.values(readQueueItem(db, 1, 'ada').acquisition!.parts).map(({ proportionAsked }) => proportionAsked)
  beforeEach(() => {
    writeLabellingSettings(db, labellingSettingsSchema.parse({ repeatShare: 0 }))
    openRound(db, { strategy: 'mutual-information-tree', modelId: 'm1', seed: 1, params: {} }, [
      { galaxyKey: 1, score: 0.65625, isRandom: false, inclusionProbability: null, parts },
    ])
  })

  test('tells what each question adds, and how often it would be asked only where the prediction itself may be seen', () => {
    expect(readQueueItem(db, 1, 'ada').acquisition!.parts).toEqual({
      smooth: { nats: 0.5, proportionAsked: null },
      'edge-on': { nats: 0.15625, proportionAsked: null },
    })
    set('before')
    expect(toldOf()).toEqual([1, 0.625])
    set('after')
    expect(toldOf()).toEqual([null, null])
    answer('smooth', 'yes')
    answer('odd', 'no')
    expect(toldOf()).toEqual([1, 0.625])
    set('never')
    expect(toldOf()).toEqual([null, null])
  })
})
