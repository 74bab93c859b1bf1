import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { availableParallelism } from 'node:os'
import { dirname, join } from 'node:path'
import type * as onnxruntime from 'onnxruntime-node'
import type { EngineName } from '@shared/contract/engine'
import { AppError } from '@shared/science/errors'
import type { ExportedEncoder } from './export'
import { FEATURES, IMAGES } from './onnx-graph'
import { REFERENCE_IMAGES, referenceImages, worstDifference } from './reference-images'

/** Largest difference from the engine's features, as `worstDifference` measures it, with which an export counts as the same network. */
export const EXPORT_TOLERANCE = 1e-5

export type Runtime = typeof onnxruntime
export type Provider = 'cuda' | 'webgpu' | 'cpu'
/** An exported encoder that runs and was checked. `encode`: images [rows, size, size] to features [rows, F]. */
export type OnnxSession = {
  provider: Provider
  difference: number
  encode: (images: Float32Array, rows: number) => Promise<Float32Array>
  close: () => Promise<void>
}

/**
 * onnxruntime, which is to be loaded here and nowhere else. Errors: `predict/no-onnxruntime` where it has no binary for this machine, or the
 * one it has cannot be loaded.
 *
 * [Note: onnxruntime reports home] Since 1.29 the official builds send to their maker, on Linux and macOS, which program runs which model on
 * which machine, and keep an identifier of the machine in the user's cache folder. The variable turns all of that off when it is set before
 * the library starts; afterwards it is too late. (It also reads the command line for that, and overflows the stack when that is long.)
 */
export async function loadRuntime(): Promise<Runtime> {
  process.env.ORT_DISABLE_TELEMETRY = '1'
  try {
    const module = await import('onnxruntime-node')
    return 'InferenceSession' in module ? module : (module as { default: Runtime }).default
  } catch (cause) {
    const reason = (cause instanceof Error ? cause.message : String(cause)).split('\n')[0]
    throw new AppError('predict/no-onnxruntime', `onnxruntime cannot be loaded on ${process.platform} ${process.arch}: ${reason}`, {
      cause,
    })
  }
}

/**
 * The providers worth trying, best first. CUDA's library does not come with the npm package; it is there if somebody put it there. Of WebGPU's
 * adapter onnxruntime tells nothing, and a software one is a hundred times slower than the processor: it is tried only where the engine,
 * which does look, found a hardware one.
 */
export function providersFor(engine: EngineName): Provider[] {
  const hasCuda = ['libonnxruntime_providers_cuda.so', 'onnxruntime_providers_cuda.dll'].some((name) =>
    existsSync(join(libraryFolder(), name)),
  )
  return [...(hasCuda ? (['cuda'] as const) : []), ...(engine === 'webgpu' ? (['webgpu'] as const) : []), 'cpu']
}

function libraryFolder(): string {
  const main = createRequire(import.meta.url).resolve('onnxruntime-node')
  return join(dirname(main), '..', 'bin', 'napi-v6', process.platform, process.arch)
}

/**
 * Opens an exported encoder on one provider and compares its features of the reference images with the engine's. Errors:
 * `predict/no-session`, `predict/export-differs` with the figures.
 */
export async function openSession(
  runtime: Runtime,
  provider: Provider,
  { path, reference_BF }: ExportedEncoder,
  sizePx: number,
): Promise<OnnxSession> {
  const session = await runtime.InferenceSession.create(path, sessionOptions(provider)).catch((cause: unknown) => {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new AppError('predict/no-session', `onnxruntime cannot run ${path} on ${provider}: ${reason}`, { cause })
  })
  const encode = async (images: Float32Array, rows: number) => {
    const result = await session.run({ [IMAGES]: new runtime.Tensor('float32', images, [rows, 1, sizePx, sizePx]) })
    return (await result[FEATURES]!.getData()) as Float32Array
  }
  const close = () => session.release()
  try {
    const difference = worstDifference(await encode(referenceImages(sizePx), REFERENCE_IMAGES), reference_BF, REFERENCE_IMAGES)
    if (!(difference <= EXPORT_TOLERANCE))
      throw new AppError(
        'predict/export-differs',
        `The exported encoder ${path} gives other features on ${provider} than the engine: by ${difference.toExponential(1)} of the largest feature, where ${EXPORT_TOLERANCE} is allowed.`,
      )
    return { provider, difference, encode, close }
  } catch (error) {
    await close()
    throw error
  }
}

function sessionOptions(provider: Provider): onnxruntime.InferenceSession.SessionOptions {
  return {
    executionProviders: provider === 'cpu' ? ['cpu'] : [provider, 'cpu'],
    intraOpNumThreads: availableParallelism(),
    graphOptimizationLevel: 'all',
    // Its threads wait for each other by spinning, and take the processor from the threads that decode images: 28 ms of processor time an
    // image with it, 17 without, on 2 cores that others use too.
    extra: { session: { intra_op: { allow_spinning: '0' } } },
    // Errors only: that a few shapes are computed on the processor is a warning at every start.
    logSeverityLevel: 3,
  }
}
