import { copyFile, mkdir, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError } from '@shared/science/errors'
import { buildKernels } from './build-kernels'
import type { Manifest } from './cache'
import { libraryNames, type SourceOptions, type TensorflowFiles } from './files'
import { bindingPackage, packageFolder } from './packages'
import { firstComplaint, runCommand } from './run-command'

/** Node-API version that the binding is compiled for: one binary then serves every Node and Electron that Galaxy Desk runs in. */
export const NODE_API_VERSION = 8

export const bindingFile = 'binding.node'

const NO_COMPILER =
  'There is no C++ compiler (g++), which builds the bridge to TensorFlow. Install it (Debian and Ubuntu: `apt install g++`; Fedora: `dnf install gcc-c++`) and try again.'

/** Fails with `engine/no-compiler` before anything is downloaded. */
export async function requireCompiler(signal?: AbortSignal): Promise<void> {
  const result = await runCommand('g++', ['--version'], { signal })
  if (result?.exitCode !== 0) throw new AppError('engine/no-compiler', NO_COMPILER)
}

/**
 * Compiles the binding of tfjs-node-gpu against `files` into `folder/binding.node` and our own kernels beside it (10 s together), and
 * gives what the manifest says of the kernels. `runPath` is where the binding looks for the
 * libraries: absolute, or from its own place (`$ORIGIN/…`). Errors: `engine/build-failed` with the compiler's first complaint.
 */
export async function buildBinding(
  files: TensorflowFiles,
  folder: string,
  runPath: string,
  options: SourceOptions,
): Promise<NonNullable<Manifest['kernels']>> {
  options.onProgress('Compiling the bridge to TensorFlow')
  const sources = join(folder, 'source')
  // Copied first, since a packaged app keeps its node_modules in an archive that a compiler cannot read.
  await copyFiles(join(packageFolder(bindingPackage), 'binding'), join(sources, 'binding'))
  await copyFiles(join(packageFolder('node-api-headers'), 'include'), join(sources, 'node'))
  const args = [
    ...['-std=c++17', '-O2', '-fPIC', '-shared', `-DNAPI_VERSION=${NODE_API_VERSION}`],
    ...['-isystem', join(sources, 'node'), '-isystem', join(files.folder, 'include'), '-I', sources],
    ...['tfjs_backend.cc', 'tfjs_binding.cc'].map((name) => join(sources, 'binding', name)),
    ...['-L', files.folder, ...libraryNames.map((name) => `-l:${name}`), `-Wl,-rpath,${runPath}`],
    ...['-o', join(folder, bindingFile)],
  ]
  // The compiler's temporary files lie in the build's folder too, and go with it when it is broken off.
  const [result, kernels] = await Promise.all([
    runCommand('g++', args, { signal: options.signal, env: { ...process.env, TMPDIR: sources, LC_ALL: 'C' } }),
    buildKernels(files, folder, join(sources, 'node'), runPath, options),
  ])
  if (result === null) throw new AppError('engine/no-compiler', NO_COMPILER)
  if (result.exitCode !== 0) {
    const message = `The bridge to TensorFlow ${files.version} did not compile: ${firstComplaint(result.stderr)} Try the TensorFlow that \`engine install\` fetches by itself.`
    throw new AppError('engine/build-failed', message)
  }
  await rm(sources, { recursive: true, force: true })
  return kernels
}

async function copyFiles(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true })
  for (const name of await readdir(from)) await copyFile(join(from, name), join(to, name))
}
