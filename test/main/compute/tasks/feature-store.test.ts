import { existsSync, mkdtempSync, openSync, readFileSync, truncateSync, statSync, closeSync, writeFileSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { keptViewPlan, openFeatureStore, type FeatureSource } from '@main/compute/tasks/feature-store'

const header = { weightsSha256: 'ab', views: 2, viewSeed: 1, featureCount: 3 }
const newFolder = () => mkdtempSync(join(tmpdir(), 'features-'))
const MAKER = 'engine cpu'
const A = 'aa'.repeat(32)
const B = 'bb'.repeat(32)
const source = (galaxyKey: number, checksum: string, stamp = '01'.repeat(8)): FeatureSource => ({ galaxyKey, checksum, stamp })

describe('feature store', () => {
  test('rows come back as they were appended, also after it is opened again', () => {
    const folder = newFolder()
    const store = openFeatureStore(folder, header)
    const values = Float32Array.from({ length: 12 }, (_, i) => i)
    store.append([source(7, A), source(3, B, 'f0'.repeat(8))], values, MAKER)
    expect([...store.read([1])]).toEqual([6, 7, 8, 9, 10, 11])
    store.close()
    const again = openFeatureStore(folder, header)
    expect(again.find(7, A)).toBe(0)
    expect(again.kept(3)!.stamp).toBe('f0'.repeat(8))
    expect([...again.read([1, 0])]).toEqual([6, 7, 8, 9, 10, 11, 0, 1, 2, 3, 4, 5])
    again.close()
  })

  test('a changed image is not found, and its new row replaces the old one', () => {
    const store = openFeatureStore(newFolder(), header)
    store.append([source(7, A)], new Float32Array(6).fill(1), MAKER)
    expect(store.find(7, B)).toBeNull()
    store.append([source(7, B)], new Float32Array(6).fill(2), MAKER)
    expect(store.find(7, A)).toBeNull()
    expect([...store.read([store.find(7, B)!])]).toEqual([2, 2, 2, 2, 2, 2])
    store.close()
  })

  test('the stamp of a file that was touched is kept with its row', () => {
    const folder = newFolder()
    const store = openFeatureStore(folder, header)
    store.append([source(7, A), source(8, A)], new Float32Array(12), MAKER)
    store.restamp(8, '22'.repeat(8))
    store.close()
    const again = openFeatureStore(folder, header)
    expect([again.kept(7)!.stamp, again.kept(8)!.stamp]).toEqual(['01'.repeat(8), '22'.repeat(8)])
    expect([again.find(8, A), again.kept(9)]).toEqual([1, null])
    again.close()
  })

  test('a row that was cut off in the middle is dropped, the others stay', () => {
    const folder = newFolder()
    const store = openFeatureStore(folder, header)
    store.append([source(1, A), source(2, A)], new Float32Array(12).fill(4), MAKER)
    store.close()
    const path = join(folder, 'features.f32')
    truncateSync(path, statSync(path).size - 5)
    const again = openFeatureStore(folder, header)
    expect(again.find(1, A)).toBe(0)
    expect(again.find(2, A)).toBeNull()
    again.append([source(2, A)], new Float32Array(6).fill(5), MAKER)
    expect([...again.read([again.find(2, A)!])]).toEqual([5, 5, 5, 5, 5, 5])
    again.close()
  })

  test('the index never names a row whose features have not reached the disk', () => {
    const folder = newFolder()
    const store = openFeatureStore(folder, header)
    store.append([source(1, A)], new Float32Array(6), MAKER)
    expect(statSync(join(folder, 'features.f32')).size).toBe(24)
    expect(statSync(join(folder, 'index.bin')).size).toBe(0)
    store.close()
    expect(statSync(join(folder, 'index.bin')).size).toBe(20)
  })

  test('a row that is not finite is refused, given up, and made anew; the others stay', () => {
    const folder = newFolder()
    const store = openFeatureStore(folder, header)
    store.append([source(1, A), source(2, A)], new Float32Array(12).fill(4), MAKER)
    store.close()
    const file = openSync(join(folder, 'features.f32'), 'r+')
    writeSync(file, Buffer.from(Float32Array.of(NaN).buffer), 0, 4, 28)
    closeSync(file)
    const damaged = openFeatureStore(folder, header)
    expect(() => damaged.read([0, 1])).toThrow(expect.objectContaining({ code: 'features/damaged' }))
    damaged.close()
    const again = openFeatureStore(folder, header)
    expect([again.find(1, A), again.find(2, A), again.kept(2)]).toEqual([0, null, null])
    again.append([source(2, A)], new Float32Array(6).fill(5), MAKER)
    expect([...again.read([0, 2])]).toEqual([4, 4, 4, 4, 4, 4, 5, 5, 5, 5, 5, 5])
    again.close()
  })

  test('features of other weights or other views are thrown away', () => {
    const folder = newFolder()
    const store = openFeatureStore(folder, header)
    store.append([source(1, A)], new Float32Array(6), MAKER)
    store.close()
    const other = openFeatureStore(folder, { ...header, viewSeed: 2 })
    expect(other.find(1, A)).toBeNull()
    other.close()
    expect(readFileSync(join(folder, 'features.f32'))).toHaveLength(0)
  })

  test('one whose description a power cut left empty is started anew', () => {
    const folder = newFolder()
    const store = openFeatureStore(folder, header)
    store.append([source(1, A)], new Float32Array(6), MAKER)
    store.close()
    writeFileSync(join(folder, 'store.json'), '')
    expect(keptViewPlan(folder)).toBeNull()
    const again = openFeatureStore(folder, header)
    expect(again.find(1, A)).toBeNull()
    again.close()
    expect(keptViewPlan(folder)).toEqual({ views: 2, seed: 1 })
  })

  test('is open once at a time: a second opening is refused and harms nothing', () => {
    const folder = newFolder()
    const store = openFeatureStore(folder, header)
    expect(() => openFeatureStore(folder, header, { lockWaitMs: 0 })).toThrow(expect.objectContaining({ code: 'features/in-use' }))
    expect(() => openFeatureStore(folder, { ...header, viewSeed: 9 }, { lockWaitMs: 0 })).toThrow(
      expect.objectContaining({ code: 'features/in-use' }),
    )
    store.append([source(1, A)], new Float32Array(6).fill(3), MAKER)
    store.close()
    const again = openFeatureStore(folder, header, { lockWaitMs: 0 })
    expect([...again.read([again.find(1, A)!])]).toEqual([3, 3, 3, 3, 3, 3])
    again.close()
  })

  test('half precision takes half the room and is at most 1/2048 of a value off', () => {
    const folder = newFolder()
    const store = openFeatureStore(folder, header, { precision: 'float16' })
    const values = Float32Array.from({ length: 600 }, (_, i) => 1e-4 * 1.03 ** i * (i % 2 === 0 ? 1 : -1))
    store.append(
      Array.from({ length: 100 }, (_, i) => source(i, A)),
      values,
      MAKER,
    )
    store.close()
    expect(statSync(join(folder, 'features.f16')).size).toBe(1200)
    const again = openFeatureStore(folder, header)
    const found = again.read(Array.from({ length: 100 }, (_, i) => i))
    const errors = values.map((value, i) => Math.abs(found[i]! / value - 1))
    expect(Math.max(...errors)).toBeLessThanOrEqual(1 / 2048)
    expect(Math.max(...errors)).toBeGreaterThan(1 / 8192)
    again.close()
  })

  test('half precision refuses values that it cannot hold', () => {
    const store = openFeatureStore(newFolder(), header, { precision: 'float16' })
    const append = (value: number) => store.append([source(1, A)], new Float32Array(6).fill(value), MAKER)
    expect(() => append(65505)).toThrow(expect.objectContaining({ code: 'features/too-large' }))
    expect(store.find(1, A)).toBeNull()
    append(-65504)
    expect([...store.read([0])]).toEqual([-65504, -65504, -65504, -65504, -65504, -65504])
    store.close()
  })

  test('a kept store keeps its precision; another that is asked for starts it anew', () => {
    const folder = newFolder()
    const store = openFeatureStore(folder, header, { precision: 'float16' })
    store.append([source(1, A)], new Float32Array(6), MAKER)
    store.close()
    const same = openFeatureStore(folder, header)
    expect([same.precision, same.find(1, A)]).toEqual(['float16', 0])
    same.close()
    const other = openFeatureStore(folder, header, { precision: 'float32' })
    expect([other.precision, other.find(1, A)]).toEqual(['float32', null])
    other.close()
    expect(existsSync(join(folder, 'features.f16'))).toBe(false)
  })

  test('the precision of a new store is asked for when one is started, and not otherwise', () => {
    const folder = newFolder()
    let asked = 0
    const open = (viewSeed: number) => {
      const store = openFeatureStore(folder, { ...header, viewSeed }, { precisionOfNew: () => (++asked > 1 ? 'float16' : 'float32') })
      store.close()
      return [store.precision, asked]
    }
    expect([open(1), open(1), open(2), open(2)]).toEqual([
      ['float32', 1],
      ['float32', 1],
      ['float16', 2],
      ['float16', 2],
    ])
  })

  test('a store of the format before is read on, and says from where another encoder went on', () => {
    const folder = newFolder()
    const store = openFeatureStore(folder, header)
    store.append([source(1, A)], new Float32Array(6).fill(3), MAKER)
    store.close()
    writeFileSync(join(folder, 'store.json'), JSON.stringify({ format: 2, ...header }))
    const again = openFeatureStore(folder, header)
    expect([...again.read([again.find(1, A)!])]).toEqual([3, 3, 3, 3, 3, 3])
    again.append([source(2, A)], new Float32Array(6), 'onnxruntime cpu')
    again.append([source(3, A)], new Float32Array(6), 'onnxruntime cpu')
    again.close()
    const { format, makers } = JSON.parse(readFileSync(join(folder, 'store.json'), 'utf8')) as { format: number; makers: object[] }
    expect({ format, makers }).toEqual({
      format: 3,
      makers: [
        { name: 'engine', fromRow: 0 },
        { name: 'onnxruntime cpu', fromRow: 1 },
      ],
    })
  })

  test('an encoder whose rows were all cut off is not named', () => {
    const folder = newFolder()
    const store = openFeatureStore(folder, header)
    store.append([source(1, A)], new Float32Array(6), 'first')
    store.append([source(2, A)], new Float32Array(6), 'second')
    store.close()
    truncateSync(join(folder, 'index.bin'), 20)
    const again = openFeatureStore(folder, header)
    again.append([source(2, A)], new Float32Array(6), 'first')
    again.close()
    expect(JSON.parse(readFileSync(join(folder, 'store.json'), 'utf8'))).toMatchObject({ makers: [{ name: 'first', fromRow: 0 }] })
  })
})
