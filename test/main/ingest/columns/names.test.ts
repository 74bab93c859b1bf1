import { expect, test } from 'vitest'
import { editDistance, likelyName, plainName } from '@main/ingest/columns/names'

test('distance counts insertions, removals, changes and swaps of neighbours', () => {
  expect(editDistance('bar_yes', 'bar_yes')).toBe(0)
  expect(editDistance('smoth', 'smooth')).toBe(1)
  expect(editDistance('smooht', 'smooth')).toBe(1)
  expect(editDistance('kitten', 'sitting')).toBe(3)
  expect(editDistance('', 'ring')).toBe(4)
})

test('case and separators make no difference to a name', () => {
  expect(plainName(' Disk_Edge-On Yes ')).toBe(plainName('disk-edge-on_yes'))
})

test('the nearest name is likely, and a far one is not', () => {
  const names = ['bar_yes', 'bar_no', 'smooth-or-featured_artifact']
  expect(likelyName('smooth-or-featured_artefact', names)).toBe('smooth-or-featured_artifact')
  expect(likelyName('bar_noo', names)).toBe('bar_no')
  expect(likelyName('bar_pa', names)).toBeNull()
  expect(likelyName('petro_r90', names)).toBeNull()
})
