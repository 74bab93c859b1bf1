import { createHash } from 'node:crypto'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Manifest } from './cache'
import { libraryNames, type SourceOptions, type TensorflowFiles } from './files'
import batchNorm from './kernels/batch-norm.h?raw'
import call from './kernels/call.h?raw'
import depthwise from './kernels/depthwise.h?raw'
import gate from './kernels/gate.h?raw'
import kernels from './kernels/kernels.cc?raw'
import lanes from './kernels/lanes.h?raw'
import pixels from './kernels/pixels.h?raw'
import threads from './kernels/threads.h?raw'
import { firstComplaint, runCommand } from './run-command'

export const kernelsFile = 'kernels.node'

const entry = 'kernels.cc'
const sources: Record<string, string> = {
  'batch-norm.h': batchNorm,
  'call.h': call,
  'depthwise.h': depthwise,
  'gate.h': gate,
  [entry]: kernels,
  'lanes.h': lanes,
  'pixels.h': pixels,
  'threads.h': threads,
}

/** What the kernels were made from: a build of others is not used. */
export const kernelsVersion = () => createHash('sha256').update(JSON.stringify(sources)).digest('hex').slice(0, 16)

/** The best level that this processor has, or null where it has none that the kernels are worth compiling for. */
async function processorLevel(): Promise<'x86-64-v3' | 'x86-64-v4' | null> {
  const info = await readFile('/proc/cpuinfo', 'utf8').catch(() => '')
  const flags = new Set(/^flags\s*:(.*)$/m.exec(info)?.[1]?.trim().split(/\s+/))
  const hasAll = (...names: string[]) => names.every((name) => flags.has(name))
  if (!hasAll('avx2', 'fma', 'bmi1', 'bmi2', 'f16c', 'movbe', 'abm')) return null
  return hasAll('avx512f', 'avx512bw', 'avx512cd', 'avx512dq', 'avx512vl') ? 'x86-64-v4' : 'x86-64-v3'
}

/**
 * Compiles our own kernels for this processor into `folder/kernels.node` (7 s), an addon that registers them with TensorFlow when it is
 * loaded. `headers` is the folder of Node's. Gives the failure, says it, and leaves nothing, where they do not compile: TensorFlow's own
 * kernels then do all the work, about half as fast.
 */
export async function buildKernels(
  files: TensorflowFiles,
  folder: string,
  headers: string,
  runPath: string,
  { onProgress, signal }: SourceOptions,
): Promise<NonNullable<Manifest['kernels']>> {
  const level = await processorLevel()
  if (level === null) return { failure: 'this processor has no AVX2' }
  onProgress('Compiling the kernels')
  const source = join(folder, 'kernels')
  await mkdir(source, { recursive: true })
  for (const [name, text] of Object.entries(sources)) await writeFile(join(source, name), text)
  const args = [
    ...['-std=c++17', '-O3', `-march=${level}`, '-fno-math-errno', '-fno-trapping-math', '-fPIC', '-shared', '-fvisibility=hidden'],
    ...['-DNAPI_VERSION=8', '-pthread', '-isystem', headers, '-isystem', join(files.folder, 'include'), join(source, entry)],
    ...['-L', files.folder, ...libraryNames.map((name) => `-l:${name}`), `-Wl,-rpath,${runPath}`],
    ...['-o', join(folder, kernelsFile)],
  ]
  const result = await runCommand('g++', args, { signal, env: { ...process.env, TMPDIR: source, LC_ALL: 'C' } })
  await rm(source, { recursive: true, force: true })
  if (result?.exitCode === 0) return { version: kernelsVersion(), level }
  const failure = `they did not compile: ${result === null ? 'there is no g++' : firstComplaint(result.stderr)}`
  onProgress(`Without the kernels of Galaxy Desk, which train about twice as fast: ${failure}`)
  return { failure }
}
