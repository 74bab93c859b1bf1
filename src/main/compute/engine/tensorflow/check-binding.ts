import { performance } from 'node:perf_hooks'
import { z } from 'zod'
import { AppError } from '@shared/science/errors'
import { tensorflowEnvironment, type TensorflowBinding } from './binding'
import { lastLines, runCommand } from './run-command'

const answerSchema = z.object({ version: z.string(), usesGpu: z.boolean(), worst: z.number() })

/** What the manifest says of the check. */
export const CHECK = 'product of 300 x 200 and 200 x 100 in a process of its own'

/** Whole numbers below 2^24 everywhere, so that any order of the sums gives exactly 0; a card that multiplies in TF32 stays exact too. */
const TOLERANCE = 0

/**
 * Loads a built binding in a process of its own and runs a product on it, so that a library that crashes takes nothing with it. Gives
 * what it is. Errors: `engine/check-failed`.
 */
export async function checkBinding(file: string, signal?: AbortSignal): Promise<{ version: string; usesGpu: boolean; seconds: number }> {
  const started = performance.now()
  const program = `(${runProduct.toString()})(${JSON.stringify(file)}, process.getBuiltinModule('node:module').createRequire(${JSON.stringify(file)}))`
  // ELECTRON_RUN_AS_NODE makes Electron's own binary a Node; Node does not look at it.
  const env = { ...tensorflowEnvironment, ...process.env, ELECTRON_RUN_AS_NODE: '1' }
  const result = await runCommand(process.execPath, ['-e', program], { signal, env, timeoutMs: 300_000 })
  const answer = result?.exitCode === 0 ? answerSchema.safeParse(JSON.parse(result.stdout || 'null')) : undefined
  if (!answer?.success || answer.data.worst > TOLERANCE) {
    const how = answer?.success
      ? `its product is wrong by ${answer.data.worst}`
      : result?.endedBy
        ? `it ended by ${result.endedBy}`
        : lastLines(result?.stderr ?? '')
    throw new AppError('engine/check-failed', `TensorFlow was built but does not work on this machine: ${how} Nothing was installed.`)
  }
  return { version: answer.data.version, usesGpu: answer.data.usesGpu, seconds: (performance.now() - started) / 1000 }
}

/** Runs in the other process, from its own source text: it may use nothing but its arguments and the language. */
function runProduct(file: string, load: (file: string) => unknown): void {
  const binding = load(file) as TensorflowBinding
  const [rows, inner, columns] = [300, 200, 100]
  const left = Float32Array.from({ length: rows * inner }, (_, i) => ((i * 7) % 11) - 5)
  const right = Float32Array.from({ length: inner * columns }, (_, i) => ((i * 5) % 13) - 6)
  const attributes = [
    { name: 'T', type: binding.TF_ATTR_TYPE, value: binding.TF_FLOAT },
    { name: 'adj_x', type: binding.TF_ATTR_BOOL, value: false },
    { name: 'adj_y', type: binding.TF_ATTR_BOOL, value: false },
  ]
  const inputs = [
    binding.createTensor([rows, inner], binding.TF_FLOAT, left),
    binding.createTensor([inner, columns], binding.TF_FLOAT, right),
  ]
  const found = binding.tensorDataSync(binding.executeOp('BatchMatMulV2', attributes, inputs, 1)[0]!.id)
  let worst = found.length === rows * columns ? 0 : Infinity
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      let expected = 0
      for (let k = 0; k < inner; k++) expected += left[row * inner + k]! * right[k * columns + column]!
      const difference = Math.abs(found[row * columns + column]! - expected)
      if (!(difference <= worst)) worst = difference
    }
  }
  process.stdout.write(JSON.stringify({ version: binding.TF_Version, usesGpu: binding.isUsingGpuDevice(), worst }))
}
