import { readdir, rm, stat, statfs } from 'node:fs/promises'
import { join, relative, resolve } from 'node:path'
import { AppError } from '@shared/science/errors'
import { bindingFile, buildBinding, NODE_API_VERSION, requireCompiler } from './build-binding'
import { buildFolder, createBuildFolder, sweepBuilds, writeManifest, type Manifest } from './cache'
import { CHECK, checkBinding } from './check-binding'
import { diskFull, libraryNames, type Progress, type SourceOptions, type TensorflowFiles } from './files'
import { fromDownload } from './from-download'
import { fromPython } from './from-python'
import { fromWheel } from './from-wheel'
import { bindingVersion } from './packages'

export type InstallOptions = {
  /** A Python that has TensorFlow: its libraries are used where they lie. */
  python?: string | undefined
  /** A wheel file of tensorflow or tensorflow-cpu. */
  wheel?: string | undefined
  /** When neither is given: fetch TensorFlow with the CUDA libraries (3 GB to download) instead of tensorflow-cpu (270 MB). */
  gpu?: boolean | undefined
  /** Called with a sentence when a step begins, and as a download grows. */
  onProgress?: Progress | undefined
  signal?: AbortSignal | undefined
}

/**
 * Installs the native TensorFlow into the per-user cache and gives its manifest. See [Note: Never half-installed]: any failure, an abort
 * and a kill leave the earlier installation as it was. Errors: `engine/unsupported-platform`, `engine/bad-choice`, `engine/no-compiler`,
 * `engine/disk-full`, `engine/build-failed`, `engine/check-failed`, and those of the sources (from-python, from-wheel, from-download).
 */
export async function installTensorflow(options: InstallOptions = {}): Promise<Manifest> {
  const { python, wheel, gpu = false, onProgress = () => undefined, signal } = options
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    const message = `The native TensorFlow is built for Linux on x64, not for ${process.platform} on ${process.arch}. The engine wasm works here.`
    throw new AppError('engine/unsupported-platform', message)
  }
  if (Number(python !== undefined) + Number(wheel !== undefined) + Number(gpu) > 1) {
    throw new AppError(
      'engine/bad-choice',
      'Give one of --python, --wheel and --gpu: the TensorFlow of a Python or a wheel file uses a card if it can.',
    )
  }
  await requireCompiler(signal)
  await sweepBuilds()
  const build = await createBuildFolder()
  try {
    const manifest = await makeBuild(build, { python, wheel, gpu, onProgress, signal })
    await writeManifest(manifest)
    return manifest
  } catch (error) {
    throw (error as NodeJS.ErrnoException).code === 'ENOSPC' ? diskFull(error) : error
  } finally {
    // A build that is now named by the manifest stays; this one if it failed, and the one before it, go.
    await sweepBuilds()
  }
}

type Choice = SourceOptions & Pick<InstallOptions, 'python' | 'wheel'> & { gpu: boolean }

async function makeBuild(build: string, { python, wheel, gpu, onProgress, signal }: Choice): Promise<Manifest> {
  const folder = buildFolder(build)
  const site = join(folder, 'site')
  let files: TensorflowFiles
  if (python !== undefined) files = await fromPython(python, { onProgress, signal })
  else {
    await requireSpace(folder, gpu ? 9e9 : 1.5e9)
    files =
      wheel !== undefined ? await fromWheel(wheel, site, { onProgress, signal }) : await fromDownload(gpu, site, { onProgress, signal })
  }
  const kernels = await buildBinding(files, folder, python !== undefined ? files.folder : '$ORIGIN/site/tensorflow', { onProgress, signal })
  if (python === undefined) await rm(join(files.folder, 'include'), { recursive: true, force: true })
  onProgress('Checking TensorFlow with a product')
  const { version, usesGpu, seconds } = await checkBinding(join(folder, bindingFile), signal)
  return {
    format: 1,
    build,
    tensorflowVersion: version,
    package: files.package,
    source:
      python !== undefined
        ? { kind: 'python', python }
        : wheel !== undefined
          ? { kind: 'wheel', file: resolve(wheel) }
          : { kind: 'download' },
    bindingVersion: bindingVersion(),
    nodeApiVersion: NODE_API_VERSION,
    kernels,
    libraries: await librariesOf(files, python !== undefined ? null : folder),
    check: { what: CHECK, seconds, usesGpu, node: process.version },
    installedAt: new Date().toISOString(),
  }
}

async function librariesOf(files: TensorflowFiles, relativeTo: string | null): Promise<Manifest['libraries']> {
  const present = (await readdir(files.folder)).filter((name) => libraryNames.some((library) => library === name))
  return Promise.all(
    present.map(async (name) => {
      const path = join(files.folder, name)
      return { path: relativeTo === null ? path : relative(relativeTo, path), bytes: (await stat(path)).size }
    }),
  )
}

async function requireSpace(folder: string, bytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(folder)
  if (bavail * bsize >= bytes) return
  const gigabytes = (value: number) => `${(value / 1e9).toFixed(1)} GB`
  const message = `TensorFlow needs ${gigabytes(bytes)} in ${folder} while it is installed; ${gigabytes(bavail * bsize)} are free. Free some space, or set GALAXY_DESK_CACHE to a folder on another disk.`
  throw new AppError('engine/disk-full', message)
}
