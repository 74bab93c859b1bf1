import { mkdtempSync, truncateSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { openFeatureStore } from '@main/compute/tasks/feature-store'

const header = { weightsSha256: 'ab', views: 2, viewSeed: 1, featureCount: 3 }
const newFolder = () => mkdtempSync(join(tmpdir(), 'features-'))
const A = 'aa'.repeat(32)
const B = 'bb'.repeat(32)

describe('feature store', () => {
  test('rows come back as they were appended, also after it is opened again', () => {
    const folder = newFolder()
    const store = openFeatureStore(folder, header)
    store.append([7, 3], [A, B], Float32Array.from({ length: 12 }, (_, i) => i))
    store.close()
    const again = openFeatureStore(folder, header)
    expect(again.find(7, A)).toBe(0)
    expect([...again.read([1, 0])]).toEqual([6, 7, 8, 9, 10, 11, 0, 1, 2, 3, 4, 5])
    again.close()
  })

  test('a changed image is not found, and its new row replaces the old one', () => {
    const store = openFeatureStore(newFolder(), header)
    store.append([7], [A], new Float32Array(6).fill(1))
    expect(store.find(7, B)).toBeNull()
    store.append([7], [B], new Float32Array(6).fill(2))
    expect(store.find(7, A)).toBeNull()
    expect([...store.read([store.find(7, B)!])]).toEqual([2, 2, 2, 2, 2, 2])
    store.close()
  })

  test('a row that was cut off in the middle is dropped, the others stay', () => {
    const folder = newFolder()
    const store = openFeatureStore(folder, header)
    store.append([1, 2], [A, A], new Float32Array(12).fill(4))
    store.close()
    const path = join(folder, 'features.f32')
    truncateSync(path, statSync(path).size - 5)
    const again = openFeatureStore(folder, header)
    expect(again.find(1, A)).toBe(0)
    expect(again.find(2, A)).toBeNull()
    again.append([2], [A], new Float32Array(6).fill(5))
    expect([...again.read([again.find(2, A)!])]).toEqual([5, 5, 5, 5, 5, 5])
    again.close()
  })

  test('features of other weights or other views are thrown away', () => {
    const folder = newFolder()
    const store = openFeatureStore(folder, header)
    store.append([1], [A], new Float32Array(6))
    store.close()
    const other = openFeatureStore(folder, { ...header, viewSeed: 2 })
    expect(other.find(1, A)).toBeNull()
    other.close()
  })
})
