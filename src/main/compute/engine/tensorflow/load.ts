import { stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import util from 'node:util'
import { engine, registerBackend, type KernelBackend } from '@tensorflow/tfjs-core'
import { AppError } from '@shared/science/errors'
import type { LoadedEngine } from '../loader'
import { tensorflowEnvironment, type TensorflowBinding } from './binding'
import { registerFusedOperations } from '../../ops/registry'
import { bindingFile } from './build-binding'
import { kernelsFile, kernelsVersion } from './build-kernels'
import { buildFolder, readManifest, type Manifest } from './cache'
import { registerDepthwise } from './depthwise'
import { fusedOperations } from './fused'
import { bindingPackage, bindingVersion, projectRequire } from './packages'
import { registerPointwise } from './pointwise'
import { stockFusedOperations } from './stock-fused'

const INSTALL = 'Run `galaxy-desk engine install`.'

type KernelBackendModule = { NodeJSKernelBackend: new (binding: TensorflowBinding, packageName: string) => KernelBackend }

/**
 * Loads the installed native TensorFlow and registers tfjs-node-gpu's kernels and backend on it, without that package's own index, which
 * looks for a binding that npm would have downloaded. Errors: `engine/not-installed`, `engine/stale` when what was installed no longer fits.
 */
export async function loadTensorflow(): Promise<LoadedEngine> {
  const manifest = await readManifest()
  if (manifest === null) {
    const canInstall = process.platform === 'linux' && process.arch === 'x64'
    const message = canInstall
      ? `TensorFlow is not installed for Galaxy Desk. ${INSTALL}`
      : 'The native TensorFlow runs on Linux on x64 only.'
    throw new AppError('engine/not-installed', message)
  }
  await requireUnchanged(manifest)
  for (const [name, value] of Object.entries(tensorflowEnvironment)) process.env[name] ??= value
  const binding = projectRequire(join(buildFolder(manifest.build), bindingFile)) as TensorflowBinding
  if (engine().findBackendFactory('tensorflow') === null) registerTensorflow(binding)
  const usesGpu = binding.isUsingGpuDevice()
  const version = binding.TF_Version
  if (usesGpu) {
    registerFusedOperations('tensorflow', stockFusedOperations)
    return { version, device: 'GPU, CUDA' }
  }
  const failure = loadKernels(manifest)
  registerPointwise()
  if (failure === '') registerDepthwise()
  registerFusedOperations('tensorflow', failure === '' ? fusedOperations : stockFusedOperations)
  return failure === '' ? { version, device: 'CPU' } : { version, device: 'CPU, without the fused kernels', shortfall: failure }
}

/**
 * Loads our own kernels, which train about twice as fast as TensorFlow's alone. Gives why it could not, or nothing: an installation has none
 * or those of another version, or was moved to another processor.
 */
function loadKernels({ build, kernels }: Manifest): string {
  if (kernels !== null && 'failure' in kernels) return kernels.failure
  if (kernels?.version !== kernelsVersion()) return `they are of another version of Galaxy Desk. ${INSTALL}`
  return (projectRequire(join(buildFolder(build), kernelsFile)) as { failure: string }).failure
}

function registerTensorflow(binding: TensorflowBinding): void {
  // tfjs-node-gpu 4.22 calls this; Node 23 took it away.
  if (!('isNullOrUndefined' in util)) Object.assign(util, { isNullOrUndefined: (value: unknown) => value === null || value === undefined })
  projectRequire(`${bindingPackage}/dist/register_all_kernels.js`)
  const { NodeJSKernelBackend } = projectRequire(`${bindingPackage}/dist/nodejs_kernel_backend.js`) as KernelBackendModule
  registerBackend('tensorflow', () => new NodeJSKernelBackend(binding, bindingPackage), 3)
}

/** A library that was replaced or removed after the check would crash the process instead of failing to load. */
async function requireUnchanged({ build, bindingVersion: builtFor, libraries }: Manifest): Promise<void> {
  if (builtFor !== bindingVersion()) {
    throw new AppError(
      'engine/stale',
      `TensorFlow was installed for tfjs-node-gpu ${builtFor}; this Galaxy Desk has ${bindingVersion()}. ${INSTALL}`,
    )
  }
  for (const { path, bytes } of libraries) {
    const file = resolve(buildFolder(build), path)
    const size = await stat(file).then(
      (info) => info.size,
      () => null,
    )
    if (size !== bytes) {
      throw new AppError(
        'engine/stale',
        `${file} ${size === null ? 'is gone' : 'was changed'} since TensorFlow was installed on it. ${INSTALL}`,
      )
    }
  }
}
