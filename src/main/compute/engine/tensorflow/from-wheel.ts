import { join } from 'node:path'
import { libraryNames, type SourceOptions, type TensorflowFiles } from './files'
import { runCommand } from './run-command'
import { badWheel, extract, withWheel, type Wheel } from './wheel'

/** The headers that the binding and our kernels include lie in these folders; a wheel's `include/` has 11,000 files. */
export const headerFolders = [
  'tensorflow/c/',
  'tensorflow/core/common_runtime/next_pluggable_device/c/',
  'tensorflow/core/platform/',
  'tsl/c/',
  'tsl/platform/',
  'xla/tsl/c/',
]

/**
 * The files needed out of a TensorFlow wheel, written to `folder/tensorflow`, and any other library of the wheel that these ask for.
 * Errors: `engine/bad-wheel`.
 */
export async function fromWheel(file: string, folder: string, { onProgress, signal }: SourceOptions): Promise<TensorflowFiles> {
  return withWheel(file, async (wheel) => {
    const packageName = wheel.name.toLowerCase().replaceAll('_', '-')
    if (packageName !== 'tensorflow' && packageName !== 'tensorflow-cpu')
      throw badWheel(file, `it is a wheel of ${wheel.name || 'something else'}`)
    if (!wheel.tags.some((tag) => /linux.*x86_64/.test(tag)))
      throw badWheel(file, `it is for ${wheel.tags.join(', ') || 'an unknown platform'}`)
    const missing = libraryNames.find((name) => !wheel.entries.has(`tensorflow/${name}`))
    if (missing !== undefined) throw badWheel(file, `${missing} is not in it`)
    onProgress(`Unpacking TensorFlow ${wheel.version}`)
    const headers = headerFolders.map((header) => `tensorflow/include/${header}`)
    await extract(wheel, (path) => headers.some((header) => path.startsWith(header)) && path.endsWith('.h'), folder, signal)
    await extractLibraries(wheel, folder, signal)
    return { folder: join(folder, 'tensorflow'), version: wheel.version, package: packageName }
  })
}

async function extractLibraries(wheel: Wheel, folder: string, signal: AbortSignal | undefined): Promise<void> {
  const byName = new Map([...wheel.entries.keys()].map((path) => [path.slice(path.lastIndexOf('/') + 1), path]))
  const wanted: string[] = libraryNames.map((name) => `tensorflow/${name}`)
  for (const path of wanted) {
    await extract(wheel, (candidate) => candidate === path, folder, signal)
    const result = await runCommand('readelf', ['-d', join(folder, path)], { signal, env: { ...process.env, LC_ALL: 'C' } })
    if (result?.exitCode !== 0) throw badWheel(wheel.name, `${path} in it is no library for Linux`)
    for (const [, needed] of result.stdout.matchAll(/\(NEEDED\).*\[(.+)\]/g)) {
      const inWheel = byName.get(needed!)
      if (inWheel !== undefined && !wanted.includes(inWheel)) wanted.push(inWheel)
    }
  }
}
