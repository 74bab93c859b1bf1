import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { AppError } from '@shared/science/errors'
import { packageRoot } from '../../../paths'

/** A module of one function that uses relaxed_swizzle: valid only where relaxed SIMD is known. */
const relaxedSimdProbe = [
  0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 15, 1, 13, 0, 65, 1, 253, 15, 65, 2, 253, 15, 253, 128, 2, 11,
]

export function hasRelaxedSimd(): boolean {
  return WebAssembly.validate(new Uint8Array(relaxedSimdProbe))
}

/**
 * The compiled kernels that fit this processor and the text of their worker, in `out/kernels` of the package, from sources and from the
 * bundle alike. Error: `engine/kernels-missing` when they were not built.
 */
export function kernelFiles(folder = join(packageRoot(), 'out', 'kernels')): { module: string; worker: string } {
  const files = { module: join(folder, hasRelaxedSimd() ? 'simd-relaxed.wasm' : 'simd.wasm'), worker: join(folder, 'worker.cjs') }
  for (const file of Object.values(files)) {
    if (!existsSync(file)) {
      throw new AppError(
        'engine/kernels-missing',
        `The compiled kernels of the wasm engine are not there (${file}). Run \`npm run build\`.`,
      )
    }
  }
  return files
}

/** A module `NAME.wasm` of `out/kernels` for this processor, compiled, or null where it was not built or cannot run. */
export async function compileModule(name: string, folder = join(packageRoot(), 'out', 'kernels')): Promise<WebAssembly.Module | null> {
  const file = join(folder, hasRelaxedSimd() ? `${name}-relaxed.wasm` : `${name}.wasm`)
  if (!existsSync(file)) return null
  const bytes = readFileSync(file)
  return WebAssembly.validate(bytes) ? WebAssembly.compile(bytes) : null
}
