import { describe, expect, test } from 'vitest'
import { networkNames } from '@shared/contract/job'
import { engineNames } from '@shared/contract/engine'
import { defaultRecipe } from '@main/compute/model/recipes'

const GIB = 2 ** 30
const memoryBytes = 16 * GIB

describe('defaultRecipe', () => {
  test('few labels, or a slow engine, take the W+20 network at 64 px', () => {
    for (const engine of engineNames) {
      expect(defaultRecipe(engine, undefined, 480, { memoryBytes })).toMatchObject({
        network: 'w20-cnn-tree',
        sizePx: 64,
        batch: 16,
        augmentation: 'w20',
      })
    }
    expect(defaultRecipe('wasm', undefined, 100_000, { memoryBytes }).network).toBe('w20-cnn-tree')
  })

  test('many labels on a fast engine take EfficientNet-B0 at 224 px in batches of 16', () => {
    expect(defaultRecipe('tensorflow', undefined, 10_000, { memoryBytes })).toMatchObject({
      network: 'efficientnet-b0',
      sizePx: 224,
      batch: 16,
      augmentation: 'w21',
    })
  })

  test('every default fits a machine of 8 GiB, on each engine that can train it', () => {
    for (const engine of engineNames) {
      for (const network of networkNames.filter((name) => engine !== 'cpu' || name !== 'efficientnet-b0')) {
        expect(defaultRecipe(engine, network, 1000, { memoryBytes: 8 * 2 ** 30 }).network).toBe(network)
      }
    }
  })

  test.each([
    ['32 of EfficientNet-B0 at 224 px on wasm', 'wasm', { sizePx: 224, batch: 32, memoryBytes }, 16],
    ['24 of them, which is what fits,', 'wasm', { sizePx: 224, batch: 24, memoryBytes }, 24],
    ['128 of them at 128 px', 'wasm', { sizePx: 128, batch: 128, memoryBytes }, 64],
    ['16 of them in 2 GiB', 'tensorflow', { sizePx: 224, batch: 16, memoryBytes: 2 * GIB }, 4],
    ['16 of them in 64 GiB', 'tensorflow', { sizePx: 224, batch: 16, memoryBytes: 64 * GIB }, 16],
  ] as const)('a batch of %s is taken in equal parts that should fit', (_, engine, request, microBatch) => {
    expect(defaultRecipe(engine, 'efficientnet-b0', 1000, request)).toMatchObject({ batch: request.batch, microBatch })
  })

  test('the head alone runs no encoder: nothing is refused, and its batch is taken as one', () => {
    const request = { train: 'head', sizePx: 224, memoryBytes: GIB } as const
    expect(defaultRecipe('cpu', 'efficientnet-b0', 1000, request)).toMatchObject({ batch: 128, microBatch: 128 })
  })

  test('what is asked for is taken over; clipping is on unless it is turned off', () => {
    const asked = { learningRate: 3e-4, schedule: 'cosine', ema: 0.99, clip: 2, epochs: 7 } as const
    expect(defaultRecipe('wasm', undefined, 100, { ...asked, memoryBytes })).toMatchObject({
      learningRate: 3e-4,
      schedule: 'cosine',
      averageDecay: 0.99,
      clipNorm: 2,
      epochs: 7,
    })
    expect(defaultRecipe('wasm', undefined, 100, { memoryBytes })).toMatchObject({ clipNorm: 5, schedule: 'constant', averageDecay: null })
    expect(defaultRecipe('wasm', undefined, 100, { clip: 'off', memoryBytes }).clipNorm).toBeNull()
  })

  test.each([
    ['EfficientNet-B0 at 224 px in 1 GiB', 'tensorflow', { sizePx: 224, memoryBytes: GIB }, /Use --size 176, or --model w20-cnn-tree/],
    ['EfficientNet-B0 on cpu', 'cpu', { memoryBytes }, /Use --model w20-cnn-tree --size 64/],
  ] as const)('%s does not fit at all, and what fits is named', (_, engine, request, message) => {
    const recipe = () => defaultRecipe(engine, 'efficientnet-b0', 1000, request)
    expect(recipe).toThrow(expect.objectContaining({ code: 'training/does-not-fit' }))
    expect(recipe).toThrow(message)
  })

  test('the size that a refusal names is accepted', () => {
    expect(defaultRecipe('tensorflow', 'efficientnet-b0', 1000, { sizePx: 176, memoryBytes: GIB }).sizePx).toBe(176)
  })
})
