import { describe, expect, test } from 'vitest'
import { createRandom } from '@shared/science/stats/random'
import { appendBatch, appendLabel } from '@main/catalogue/labels'
import { answeredGalaxies } from '@main/catalogue/labelled'
import { openCatalogue } from '@main/catalogue/open'
import { redoLatest, undoLatest } from '@main/catalogue/undo'
import { answerOf, nextUuid, surveyProject } from './support'

/** As a connection sees them that was never asked before. */
function asRead(path: string): number[] {
  const db = openCatalogue(path, { readonly: true })
  try {
    return [...answeredGalaxies(db)].sort((a, b) => a - b)
  } finally {
    db.close()
  }
}

describe('the answered galaxies', () => {
  test('asked for again and again are those that the whole log tells, whatever is answered, undone and redone', () => {
    const { path, db } = surveyProject({ count: 12 })
    const random = createRandom(3, 'answered')
    const sizes = new Set<number>()
    for (let i = 0; i < 150; i++) {
      const annotator = random.next() < 0.5 ? 'ada' : 'ben'
      const chance = random.next()
      if (chance < 0.4) appendLabel(db, { ...answerOf(1 + random.integer(12), 'smooth', 'yes'), annotator })
      else if (chance < 0.8) undoLatest(db, { uuid: nextUuid(), annotator })
      else if (chance < 0.9) redoLatest(db, { uuid: nextUuid(), annotator })
      else appendLabel(db, { uuid: nextUuid(), galaxyKey: 1 + random.integer(12), kind: 'flag', annotator })
      if (random.next() < 0.6) {
        const found = [...answeredGalaxies(db)].sort((a, b) => a - b)
        expect(found).toEqual(asRead(path))
        sizes.add(found.length)
      }
    }
    expect(sizes.size).toBeGreaterThan(3)
  })

  test('are not those of entries that were rolled back', () => {
    const { path, db } = surveyProject({ count: 12 })
    appendLabel(db, answerOf(1, 'smooth', 'yes'))
    expect([...answeredGalaxies(db)]).toEqual([1])
    const given = db.transaction(() => {
      appendLabel(db, answerOf(2, 'smooth', 'yes'))
      const inside = [...answeredGalaxies(db)]
      return inside
    })
    expect(given()).toEqual([1, 2])
    expect(() =>
      db.transaction(() => {
        appendLabel(db, answerOf(3, 'smooth', 'yes'))
        expect([...answeredGalaxies(db)]).toEqual([1, 2, 3])
        throw new Error('no')
      })(),
    ).toThrow('no')
    appendLabel(db, answerOf(4, 'smooth', 'yes'))
    expect([...answeredGalaxies(db)]).toEqual([1, 2, 4])
    expect(asRead(path)).toEqual([1, 2, 4])
  })

  test('of thousands of entries at once are read as of one', () => {
    const { path, db } = surveyProject({ count: 700 })
    expect([...answeredGalaxies(db)]).toEqual([])
    const entries = Array.from({ length: 650 }, (_, i) => ({ ...answerOf(i + 1, 'smooth', 'yes'), uuid: nextUuid() }))
    appendBatch(db, { batch: nextUuid(), annotator: 'ada', entries })
    expect(answeredGalaxies(db).size).toBe(650)
    expect(asRead(path)).toHaveLength(650)
  })
})
