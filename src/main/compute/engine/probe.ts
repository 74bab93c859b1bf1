import { engine, matMul, removeBackend, setBackend, tensor2d, tidy } from '@tensorflow/tfjs-core'
import type { EngineStatus } from '@shared/contract/engine'
import { AppError } from '@shared/science/errors'
import type { EngineLoader } from './loader'

const ROWS = 24
const INNER = 16
const COLUMNS = 20

/**
 * Loads an engine, makes it the current one and runs a product on it. An engine that fails is taken out of TensorFlow.js again, and the
 * one that was current before comes back; its status then holds the reason.
 */
export async function probeEngine(loader: EngineLoader): Promise<EngineStatus> {
  const previous = engine().backendName
  try {
    const { version, device, shortfall = '' } = await loader.load()
    if (!(await setBackend(loader.backendName))) throw new Error(`TensorFlow.js could not start the backend ${loader.backendName}`)
    await checkProduct()
    return { name: loader.name, usable: true, reason: shortfall, version, device }
  } catch (error) {
    if (engine().findBackend(loader.backendName) !== null) removeBackend(loader.backendName)
    if (previous && engine().backendName !== previous) await setBackend(previous)
    return { name: loader.name, usable: false, reason: reasonOf(error), version: '', device: '' }
  }
}

/**
 * Runs a product of two matrices of small whole numbers, where float32 is exact in any order of the sums, on the current engine and
 * compares it with the same product in plain arithmetic. An error tells that the engine computes wrongly.
 */
async function checkProduct(): Promise<void> {
  const left = Float32Array.from({ length: ROWS * INNER }, (_, i) => ((i * 7) % 11) - 5)
  const right = Float32Array.from({ length: INNER * COLUMNS }, (_, i) => ((i * 5) % 13) - 6)
  const product = tidy(() => matMul(tensor2d(left, [ROWS, INNER]), tensor2d(right, [INNER, COLUMNS])))
  try {
    const found = await product.data()
    for (let row = 0; row < ROWS; row++) {
      for (let column = 0; column < COLUMNS; column++) {
        let expected = 0
        for (let k = 0; k < INNER; k++) expected += left[row * INNER + k]! * right[k * COLUMNS + column]!
        const value = found[row * COLUMNS + column]
        if (value !== expected) throw new Error(`a check product gave ${value} where ${expected} is right (row ${row}, column ${column})`)
      }
    }
  } finally {
    product.dispose()
  }
}

/** The sentence for the user; an unforeseen failure keeps its own words, which name the library's complaint. */
function reasonOf(error: unknown): string {
  if (error instanceof AppError) return error.message
  return `It failed to start: ${error instanceof Error ? error.message : String(error)}`
}
