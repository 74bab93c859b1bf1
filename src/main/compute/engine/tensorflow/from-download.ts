import { mkdir, readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError } from '@shared/science/errors'
import { diskFull, type Progress, type SourceOptions, type TensorflowFiles } from './files'
import { fromWheel } from './from-wheel'
import { lastLines, runCommand } from './run-command'
import { extract, withWheel } from './wheel'

/** The TensorFlow that `engine install` fetches: its C API and these headers are what the tests ran on. */
export const PINNED_VERSION = '2.21.0'

/**
 * Fetches the pinned TensorFlow with pip and unpacks it to `folder`; with `gpu` also the CUDA libraries that its wheel names, laid out as
 * pip does, where its search path finds them. What pip downloads goes to `folder/download` and is removed. The wheel is that of Python
 * 3.12 whichever Python runs pip: the libraries are the same. Errors: `engine/no-python`, `engine/no-pip`, `engine/download-refused`.
 */
export async function fromDownload(gpu: boolean, folder: string, options: SourceOptions): Promise<TensorflowFiles> {
  const download = join(folder, 'download')
  const name = gpu ? 'tensorflow' : 'tensorflow-cpu'
  const [file] = await pipDownload([`${name}==${PINNED_VERSION}`], download, options)
  const files = await fromWheel(file!, folder, options)
  if (gpu) {
    const requirements = await withWheel(file!, async (wheel) => wheel.cudaRequirements)
    for (const cudaFile of await pipDownload(requirements, join(download, 'cuda'), options)) {
      options.onProgress(`Unpacking ${cudaFile.slice(cudaFile.lastIndexOf('/') + 1)}`)
      const isWanted = (path: string) => path.startsWith('nvidia/') && !/\/include\/|\.(py|a)$/.test(path)
      await withWheel(cudaFile, (wheel) => extract(wheel, isWanted, folder, options.signal))
    }
  }
  await rm(download, { recursive: true, force: true })
  return files
}

const platforms = ['manylinux_2_27_x86_64', 'manylinux_2_17_x86_64', 'manylinux2014_x86_64', 'manylinux1_x86_64']

async function pipDownload(requirements: readonly string[], folder: string, { onProgress, signal }: SourceOptions): Promise<string[]> {
  const temporary = join(folder, 'pip')
  await mkdir(temporary, { recursive: true })
  const pip = ['-m', 'pip', '--disable-pip-version-check', '--no-input', 'download', '--no-deps', '--no-cache-dir', '--only-binary=:all:']
  const target = [
    '--implementation',
    'cp',
    '--python-version',
    '3.12',
    '--abi',
    'cp312',
    '--abi',
    'none',
    ...platforms.flatMap((name) => ['--platform', name]),
  ]
  onProgress(`Downloading ${requirements.join(', ')}`)
  const stopWatching = reportSize(folder, onProgress)
  const result = await runCommand('python3', [...pip, ...target, '--progress-bar', 'off', '--dest', folder, ...requirements], {
    signal,
    // pip writes here what is not yet whole: a download that is broken off leaves nothing elsewhere.
    env: { ...process.env, TMPDIR: temporary },
  }).finally(stopWatching)
  if (result === null) {
    const message =
      'There is no python3, which `engine install` uses to download TensorFlow. Install it with pip (Debian and Ubuntu: python3-pip; Fedora: python3-pip), or give a wheel file with --wheel.'
    throw new AppError('engine/no-python', message)
  }
  if (/No module named '?pip/.test(result.stderr)) {
    const message =
      'python3 has no pip. Install it (Debian, Ubuntu and Fedora: the package python3-pip), or give a wheel file with --wheel.'
    throw new AppError('engine/no-pip', message)
  }
  if (/No space left on device/.test(result.stderr)) throw diskFull()
  if (result.exitCode !== 0) {
    const message = `pip could not download ${requirements.join(', ')}: ${lastLines(result.stderr)} Look at the network and at pip's settings, or give a wheel file with --wheel.`
    throw new AppError('engine/download-refused', message)
  }
  const files = await readdir(folder)
  return files.filter((file) => file.endsWith('.whl')).map((file) => join(folder, file))
}

/** Tells every two seconds how much has come; pip itself says nothing when it does not write to a terminal. */
function reportSize(folder: string, onProgress: Progress): () => void {
  const timer = setInterval(() => {
    void folderBytes(folder).then((bytes) => onProgress(`Downloaded ${Math.round(bytes / 1e6)} MB`))
  }, 2000)
  return () => clearInterval(timer)
}

async function folderBytes(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => [])
  const sizes = entries
    .filter((entry) => entry.isFile())
    .map((entry) =>
      stat(join(entry.parentPath, entry.name)).then(
        (info) => info.size,
        () => 0,
      ),
    )
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0)
}
