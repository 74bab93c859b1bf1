import { describe, expect, test } from 'vitest'
import { appendLabel, readLabelLog, readLabelState } from '@main/catalogue/labels'
import { redoLatest, undoLatest } from '@main/catalogue/undo'
import { answerOf, nextUuid, reopened, surveyProject } from './support'

const ada = () => ({ uuid: nextUuid(), annotator: 'ada' })

describe('the label log', () => {
  test('keeps an answer with its time, annotator and duration', () => {
    const { db } = surveyProject({ count: 2 })
    const event = appendLabel(db, answerOf(1, 'smooth', 'yes'))
    expect(event).toMatchObject({
      galaxyKey: 1,
      kind: 'answer',
      question: 'smooth',
      answer: 'yes',
      annotator: 'ada',
      durationMs: 900,
      round: null,
    })
    expect(readLabelLog(db, { limit: 10 })).toEqual([event])
  })

  test('returns the stored entry when a request is sent again, and adds nothing', () => {
    const { db } = surveyProject({ count: 1 })
    const request = answerOf(1, 'smooth', 'yes')
    const first = appendLabel(db, request)
    expect(appendLabel(db, request)).toEqual(first)
    expect(readLabelLog(db, { limit: 10 })).toHaveLength(1)
  })

  test('refuses a UUID that was used for something else', () => {
    const { db } = surveyProject({ count: 1 })
    const request = answerOf(1, 'smooth', 'yes')
    appendLabel(db, request)
    expect(() => appendLabel(db, { ...request, answer: 'no' })).toThrow(expect.objectContaining({ code: 'label/conflict' }))
  })

  test.each([
    ['label/unknown-answer', 'smooth', 'perhaps'],
    ['label/unknown-answer', 'colour', 'red'],
    ['label/not-asked', 'bar', 'yes'],
  ])('refuses with %s the answer %s %s', (code, question, answer) => {
    const { db } = surveyProject({ count: 1 })
    expect(() => appendLabel(db, answerOf(1, question, answer))).toThrow(expect.objectContaining({ code }))
    expect(readLabelLog(db, { limit: 10 })).toEqual([])
  })

  test('refuses a galaxy that is not there, an empty note and an answer without its question', () => {
    const { db } = surveyProject({ count: 1 })
    const bad = (code: string) => expect.objectContaining({ code }) as Error
    expect(() => appendLabel(db, answerOf(7, 'smooth', 'yes'))).toThrow(bad('galaxy/unknown'))
    expect(() => appendLabel(db, { uuid: nextUuid(), galaxyKey: 1, kind: 'note', note: ' ', annotator: 'ada' })).toThrow(
      bad('label/incomplete'),
    )
    expect(() => appendLabel(db, { uuid: nextUuid(), galaxyKey: 1, kind: 'answer', annotator: 'ada' })).toThrow(bad('label/incomplete'))
  })

  test('cannot be changed or shortened even by SQL', () => {
    const { db } = surveyProject({ count: 1 })
    appendLabel(db, answerOf(1, 'smooth', 'yes'))
    expect(() => db.exec("UPDATE labels SET answer = 'no'")).toThrow('append-only')
    expect(() => db.exec('DELETE FROM labels')).toThrow('append-only')
  })

  test('keeps annotators apart', () => {
    const { db } = surveyProject({ count: 1 })
    appendLabel(db, answerOf(1, 'smooth', 'yes', 'ada'))
    appendLabel(db, answerOf(1, 'smooth', 'no', 'ben'))
    expect(readLabelState(db, 1, 'ada').answers).toEqual([{ question: 'smooth', answer: 'yes' }])
    expect(readLabelState(db, 1, 'ben').answers).toEqual([{ question: 'smooth', answer: 'no' }])
  })
})

describe('the state of a galaxy', () => {
  test('is complete once every question along the tree is answered', () => {
    const { db } = surveyProject({ count: 1 })
    const complete = () => readLabelState(db, 1, 'ada').isComplete
    expect(complete()).toBe(false)
    appendLabel(db, answerOf(1, 'smooth', 'no'))
    appendLabel(db, answerOf(1, 'edge-on', 'yes'))
    expect(complete()).toBe(false)
    appendLabel(db, answerOf(1, 'odd', 'no'))
    expect(complete()).toBe(true)
  })

  test('loses with a changed answer only what hung from it, and gets it back when the change is undone', () => {
    const { db } = surveyProject({ count: 1 })
    for (const [question, answer] of [
      ['smooth', 'no'],
      ['edge-on', 'no'],
      ['bar', 'yes'],
      ['odd', 'no'],
    ] as const)
      appendLabel(db, answerOf(1, question, answer))
    const before = readLabelState(db, 1, 'ada').answers
    expect(before).toHaveLength(4)
    appendLabel(db, answerOf(1, 'smooth', 'yes'))
    expect(readLabelState(db, 1, 'ada').answers).toEqual([
      { question: 'smooth', answer: 'yes' },
      { question: 'odd', answer: 'no' },
    ])
    undoLatest(db, ada())
    expect(readLabelState(db, 1, 'ada').answers).toEqual(before)
  })

  test('is skipped until an answer follows, flagged by every other flag, and carries notes', () => {
    const { db } = surveyProject({ count: 1 })
    const send = (kind: 'skip' | 'flag' | 'note', note?: string) =>
      appendLabel(db, { uuid: nextUuid(), galaxyKey: 1, kind, note, annotator: 'ada' })
    send('skip')
    send('flag')
    send('note', 'a tail?')
    expect(readLabelState(db, 1, 'ada')).toMatchObject({ isSkipped: true, isFlagged: true, notes: [{ note: 'a tail?' }] })
    send('flag')
    appendLabel(db, answerOf(1, 'smooth', 'yes'))
    expect(readLabelState(db, 1, 'ada')).toMatchObject({ isSkipped: false, isFlagged: false })
  })
})

describe('undo', () => {
  test('is an entry that names what it takes back, across galaxies and a restart', () => {
    const { path, db } = surveyProject({ count: 2 })
    const first = appendLabel(db, answerOf(1, 'smooth', 'yes'))
    const second = appendLabel(db, answerOf(2, 'smooth', 'no'))
    db.close()
    const again = reopened(path)
    expect(undoLatest(again, ada())).toMatchObject([{ kind: 'undo', undoes: second.uuid, galaxyKey: 2 }])
    expect(undoLatest(again, ada())).toMatchObject([{ undoes: first.uuid, galaxyKey: 1 }])
    expect(undoLatest(again, ada())).toEqual([])
    expect(readLabelLog(again, { limit: 10 })).toHaveLength(4)
  })

  test('touches only the entries of the one who asks', () => {
    const { db } = surveyProject({ count: 1 })
    const own = appendLabel(db, answerOf(1, 'smooth', 'yes', 'ada'))
    const other = appendLabel(db, answerOf(1, 'smooth', 'no', 'ben'))
    expect(undoLatest(db, ada())).toMatchObject([{ undoes: own.uuid }])
    const undoOther = { uuid: nextUuid(), galaxyKey: 1, kind: 'undo' as const, undoes: other.uuid, annotator: 'ada' }
    expect(() => appendLabel(db, undoOther)).toThrow(expect.objectContaining({ code: 'label/not-yours' }))
  })

  test('sent again under its UUID takes back one entry, not two', () => {
    const { db } = surveyProject({ count: 1 })
    appendLabel(db, answerOf(1, 'smooth', 'no'))
    appendLabel(db, answerOf(1, 'odd', 'no'))
    const request = ada()
    expect(undoLatest(db, request)).toEqual(undoLatest(db, request))
    expect(readLabelState(db, 1, 'ada').answers).toEqual([{ question: 'smooth', answer: 'no' }])
  })

  test('of one entry by name happens once; undoing the undo brings the entry back', () => {
    const { db } = surveyProject({ count: 1 })
    const answer = appendLabel(db, answerOf(1, 'smooth', 'yes'))
    const undo = (undoes: string) => appendLabel(db, { uuid: nextUuid(), galaxyKey: 1, kind: 'undo', undoes, annotator: 'ada' })
    const undone = undo(answer.uuid)
    expect(readLabelState(db, 1, 'ada').answers).toEqual([])
    expect(() => undo(answer.uuid)).toThrow(expect.objectContaining({ code: 'label/already-undone' }))
    undo(undone.uuid)
    expect(readLabelState(db, 1, 'ada').answers).toHaveLength(1)
  })

  test('is followed by redo until something new is done', () => {
    const { db } = surveyProject({ count: 1 })
    appendLabel(db, answerOf(1, 'smooth', 'no'))
    appendLabel(db, answerOf(1, 'edge-on', 'yes'))
    undoLatest(db, ada())
    undoLatest(db, ada())
    redoLatest(db, ada())
    expect(readLabelState(db, 1, 'ada').answers).toEqual([{ question: 'smooth', answer: 'no' }])
    redoLatest(db, ada())
    expect(readLabelState(db, 1, 'ada').answers).toHaveLength(2)
    expect(redoLatest(db, ada())).toEqual([])
    undoLatest(db, ada())
    appendLabel(db, answerOf(1, 'edge-on', 'no'))
    expect(redoLatest(db, ada())).toEqual([])
  })
})
