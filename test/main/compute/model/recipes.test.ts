import { describe, expect, test } from 'vitest'
import { networkNames } from '@shared/contract/job'
import { engineNames } from '@shared/contract/engine'
import { defaultRecipe } from '@main/compute/model/recipes'

const memoryBytes = 16 * 2 ** 30

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
    ['batch 32 of EfficientNet-B0 at 224 px on wasm', 'wasm', { sizePx: 224, batch: 32, memoryBytes }, /Use --batch 24, or --size 112/],
    ['EfficientNet-B0 at 224 px in 2 GiB', 'tensorflow', { sizePx: 224, batch: 16, memoryBytes: 2 * 2 ** 30 }, /Use --batch 5/],
    ['EfficientNet-B0 on cpu', 'cpu', { memoryBytes }, /Use --model w20-cnn-tree --size 64/],
  ] as const)('%s does not fit, and what fits is named', (_, engine, request, message) => {
    const recipe = () => defaultRecipe(engine, 'efficientnet-b0', 1000, request)
    expect(recipe).toThrow(expect.objectContaining({ code: 'training/does-not-fit' }))
    expect(recipe).toThrow(message)
  })

  test('the batch that a refusal names is accepted', () => {
    expect(defaultRecipe('wasm', 'efficientnet-b0', 1000, { sizePx: 224, batch: 24, memoryBytes }).batch).toBe(24)
  })
})
