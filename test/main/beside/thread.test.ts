import { rmSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { appendLabel } from '@main/catalogue/labels'
import { saveModel } from '@main/catalogue/models'
import { searchIn } from '@main/search/project-search'
import { buildEntry } from '../build-entry'
import { answerOf, surveyProject } from '../catalogue/support'
import { card, searchOf } from '../search/support'

let thread = ''
beforeAll(async () => {
  thread = await buildEntry(resolve('.'), 'search/entry.ts')
})
afterAll(() => rmSync(dirname(thread), { recursive: true, force: true }))

test('the thread of the search answers both as this thread would, and sees what is labelled meanwhile', async () => {
  const { path, db } = surveyProject({ count: 5 })
  const { ask, close } = searchIn(thread, path)
  try {
    expect(await ask({ kind: 'examples', annotator: 'ada' })).toEqual({ minVotes: null, answers: {} })
    appendLabel(db, answerOf(2, 'smooth', 'yes'))
    saveModel(db, card('model-001'))
    const examples = await ask({ kind: 'examples', annotator: 'ada' })
    expect(examples.answers.smooth_yes).toMatchObject([{ id: 'g2' }])
    expect(examples).toEqual(await searchOf(path).examples('ada'))
    const neighbours = await ask({ kind: 'neighbours', galaxyKey: 1, annotator: 'ada' })
    expect(neighbours).toEqual({ kind: 'none', reason: 'not-predicted', modelId: 'model-001' })
  } finally {
    await close()
  }
})
