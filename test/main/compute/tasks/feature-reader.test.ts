import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { createFeatureReader, type FeatureReader } from '@main/compute/tasks/feature-reader'
import { openFeatureStore, type FeaturePrecision } from '@main/compute/tasks/feature-store'

const key = { weightsSha256: 'ab', views: 2, viewSeed: 1, featureCount: 3 }
const A = 'aa'.repeat(32)
const B = 'bb'.repeat(32)
const source = (galaxyKey: number, checksum = A) => ({ galaxyKey, checksum, stamp: '01'.repeat(8) })

const folders: string[] = []
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})
function newFolder(): string {
  folders.push(mkdtempSync(join(tmpdir(), 'features-')))
  return folders.at(-1)!
}

/** Both views of a galaxy: their mean is `value`, `value` + 1, `value` + 2. */
const views = (value: number) => [value - 1, value, value + 1, value + 1, value + 2, value + 3]

function append(
  folder: string,
  galaxies: readonly (readonly [galaxyKey: number, value: number, checksum?: string])[],
  change = {},
  precision?: FeaturePrecision,
) {
  const store = openFeatureStore(folder, { ...key, ...change }, { precision })
  store.append(
    galaxies.map(([galaxyKey, , checksum]) => source(galaxyKey, checksum)),
    Float32Array.from(galaxies.flatMap(([, value]) => views(value))),
    'engine',
  )
  store.close()
}

/** The features by galaxy; `gone` where the store is not there. */
async function read(reader: FeatureReader, galaxyKeys: readonly number[], checksum = A): Promise<(number[] | null)[] | 'gone'> {
  const found: (number[] | null)[] = []
  const wanted = galaxyKeys.map((galaxyKey) => ({ galaxyKey, checksum }))
  const isThere = await reader.read(wanted, (i, features_F) => (found[i] = features_F && [...features_F]))
  return isThere ? found : 'gone'
}

test.each(['float32', 'float16'] as const)('the mean over the views of each galaxy is read from a store in %s', async (precision) => {
  const folder = newFolder()
  append(
    folder,
    Array.from({ length: 200 }, (_, i) => [i + 1, i] as const),
    {},
    precision,
  )
  const reader = createFeatureReader(folder, 'ab')
  expect(await read(reader, [200, 1, 77])).toEqual([
    [199, 200, 201],
    [0, 1, 2],
    [76, 77, 78],
  ])
  const all = await read(
    reader,
    Array.from({ length: 200 }, (_, i) => i + 1),
  )
  expect(all).toEqual(Array.from({ length: 200 }, (_, i) => [i, i + 1, i + 2]))
})

test('rows that came since are found, and the newest of a galaxy counts', async () => {
  const folder = newFolder()
  append(folder, [[5, 10]])
  const reader = createFeatureReader(folder, 'ab')
  expect(await read(reader, [5, 9_000])).toEqual([[10, 11, 12], null])
  append(folder, [
    [9_000, 20],
    [5, 30],
  ])
  expect(await read(reader, [5, 9_000])).toEqual([
    [30, 31, 32],
    [20, 21, 22],
  ])
})

test('features of another image of the galaxy are not taken for its own', async () => {
  const folder = newFolder()
  append(folder, [
    [1, 10, A],
    [2, 20, B],
  ])
  const reader = createFeatureReader(folder, 'ab')
  expect(await read(reader, [1, 2])).toEqual([[10, 11, 12], null])
  expect(await read(reader, [1, 2], B)).toEqual([null, [20, 21, 22]])
})

test('features of other weights are not there, nor are those of a folder without a store', async () => {
  const folder = newFolder()
  expect(await read(createFeatureReader(join(folder, 'model-001'), 'ab'), [1])).toBe('gone')
  append(folder, [[1, 10]])
  expect(await read(createFeatureReader(folder, 'cd'), [1])).toBe('gone')
})

test('a store that was begun anew is read as it is now', async () => {
  const folder = newFolder()
  append(folder, [
    [1, 10],
    [2, 20],
  ])
  const reader = createFeatureReader(folder, 'ab')
  expect(await read(reader, [1, 2])).toEqual([
    [10, 11, 12],
    [20, 21, 22],
  ])
  append(folder, [[2, 50]], { viewSeed: 2 })
  expect(await read(reader, [1, 2])).toEqual([null, [50, 51, 52]])
})

test('a store that is being written is read up to what its index has', async () => {
  const folder = newFolder()
  const store = openFeatureStore(folder, key, { syncEveryMs: 0 })
  store.append([source(1)], Float32Array.from(views(10)), 'engine')
  const reader = createFeatureReader(folder, 'ab')
  expect(await read(reader, [1, 2])).toEqual([[10, 11, 12], null])
  store.append([source(2)], Float32Array.from(views(20)), 'engine')
  expect(await read(reader, [1, 2])).toEqual([
    [10, 11, 12],
    [20, 21, 22],
  ])
  store.close()
})

test('a damaged row and one that was given up are as if they were not there', async () => {
  const folder = newFolder()
  const store = openFeatureStore(folder, key, { syncEveryMs: 0 })
  store.append([source(1), source(2)], Float32Array.from([...views(10), NaN, 0, 0, 0, 0, 0]), 'engine')
  const reader = createFeatureReader(folder, 'ab')
  expect(await read(reader, [1, 2])).toEqual([[10, 11, 12], null])
  expect(() => store.read([1])).toThrow()
  expect(await read(reader, [2])).toEqual([null])
  expect(await read(createFeatureReader(folder, 'ab'), [1, 2])).toEqual([[10, 11, 12], null])
  store.close()
})
