import { describe, expect, test } from 'vitest'
import { annotatorSchema } from '@shared/contract/records'

describe('the name of an annotator', () => {
  test.each([
    ['  Ada   Lovelace ', 'Ada Lovelace'],
    ['Ada\u00a0\nLovelace', 'Ada Lovelace'],
    ['Zoe\u0308', 'Zo\u00eb'],
    ['x', 'x'],
    ['O’Neil & <b>"%_\\', 'O’Neil & <b>"%_\\'],
    ['معصومه\u200cزاده', 'معصومه\u200cزاده'],
    ['👩🏽\u200d🚀', '👩🏽\u200d🚀'],
  ])('%j is kept as %j', (name, kept) => {
    expect(annotatorSchema.parse(name)).toBe(kept)
  })

  test.each([[''], [' \n'], ['Ada\u200b'], ['\u202eadA'], ['Ada\u0000'], ['x'.repeat(101)]])('%j is refused', (name) => {
    expect(annotatorSchema.safeParse(name).success).toBe(false)
  })
})
