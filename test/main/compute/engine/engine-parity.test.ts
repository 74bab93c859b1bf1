import * as tf from '@tensorflow/tfjs-core'
import { existsSync, readFileSync } from 'node:fs'
import { beforeAll, describe, expect, test } from 'vitest'
import type { EngineName } from '@shared/contract/engine'
import { startEngine } from '@main/compute/engine'
import { engineFromEnvironment } from '@main/services/engine-choice'
import { prepareEngine } from '../use-engine'
import { gradientCases, gradientOf, type GradientSketch, type Sketch } from './whole-network'

/** The engine named in GALAXY_DESK_ENGINE, or the one that is there wherever the program was built. */
const engine: EngineName = engineFromEnvironment() ?? 'wasm'
const isThere = engine !== 'wasm' || existsSync('out/kernels/worker.cjs')
const plain = JSON.parse(readFileSync('test/reference/whole-network.json', 'utf8')) as Record<string, GradientSketch>

/** Of the length of a weight's gradient. What the difference of two engines' gradients is measured by is said at `Sketch`. */
const GRADIENT_TOLERANCE = 1e-4
/**
 * The least share of the whole gradient that a weight's difference is compared with. The last batch norm of a branch has a beta that the
 * next one takes away again: its gradient is 0 but for rounding.
 */
const NEGLIGIBLE = 1e-3

const rootMeanSquare = (values: number[]) => Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length)
const distance = (a: Sketch, b: Sketch) => rootMeanSquare(a.products.map((product, row) => product - b.products[row]!))

describe.skipIf(!isThere)(`whole networks on the engine ${engine}${isThere ? '' : ' (not built)'}`, () => {
  beforeAll(async () => {
    prepareEngine(engine)
    await startEngine(engine)
  })

  test.each(gradientCases)(
    'the gradient of %s at %d px, %d galaxies, is that of plain JavaScript to 1e-4 in each weight',
    async (name, sizePx, galaxies) => {
      const tensors = tf.memory().numTensors
      const found = await gradientOf(name, sizePx, galaxies)
      expect(tf.memory().numTensors).toBe(tensors)
      const expected = plain[name]!
      expect(Math.abs(found.loss / expected.loss - 1)).toBeLessThan(1e-5)
      expect(Object.keys(found.weights)).toEqual(Object.keys(expected.weights))
      const whole = Math.sqrt(Object.values(expected.weights).reduce((sum, { norm }) => sum + norm * norm, 0))
      const differences = Object.entries(expected.weights).map(([weight, sketch]) => ({
        weight,
        difference: distance(found.weights[weight]!, sketch) / Math.max(sketch.norm, NEGLIGIBLE * whole),
      }))
      const largest = differences.reduce((a, b) => (b.difference > a.difference ? b : a))
      console.log(`${engine}, ${name}: largest difference ${largest.difference.toExponential(1)} (${largest.weight})`)
      expect(largest.difference, largest.weight).toBeLessThan(GRADIENT_TOLERANCE)
    },
    1_500_000,
  )
})
