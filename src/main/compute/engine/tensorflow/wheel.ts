import { createWriteStream } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { text } from 'node:stream/consumers'
import { openPromise, type Entry, type ZipFile } from 'yauzl'
import { AppError } from '@shared/science/errors'

/** A Python wheel that is open for reading: its own account of itself, and its files by path. */
export type Wheel = {
  name: string
  version: string
  tags: string[]
  /** What pip would install beside it for the extra `and-cuda`, as pip writes it: `nvidia-cudnn-cu12<10.0,>=9.3`. */
  cudaRequirements: string[]
  entries: ReadonlyMap<string, Entry>
  zip: ZipFile
}

/** Opens a wheel file and closes it after `use`. Errors: `engine/bad-wheel` when it is no whole zip archive, or no wheel. */
export async function withWheel<T>(file: string, use: (wheel: Wheel) => Promise<T>): Promise<T> {
  const zip = await openPromise(file, { autoClose: false }).catch((error: unknown) => {
    throw badWheel(file, `it cannot be read as a zip archive (${(error as Error).message})`, error)
  })
  try {
    return await use(await readWheel(file, zip))
  } finally {
    zip.close()
  }
}

async function readWheel(file: string, zip: ZipFile): Promise<Wheel> {
  const entries = new Map<string, Entry>()
  try {
    for await (const entry of zip.eachEntry()) entries.set(entry.fileName, entry)
  } catch (error) {
    throw badWheel(file, `its list of files is damaged (${(error as Error).message})`, error)
  }
  const info = [...entries.keys()].find((path) => /^[^/]+\.dist-info\/METADATA$/.test(path))
  const tagsEntry = info && entries.get(join(dirname(info), 'WHEEL'))
  if (!info || !tagsEntry) throw badWheel(file, 'it has no METADATA and WHEEL, so it is no Python wheel')
  const metadata = await text(await zip.openReadStreamPromise(entries.get(info)!))
  const tags = await text(await zip.openReadStreamPromise(tagsEntry))
  return {
    name: fieldsOf(metadata, 'Name')[0] ?? '',
    version: fieldsOf(metadata, 'Version')[0] ?? '',
    tags: fieldsOf(tags, 'Tag'),
    cudaRequirements: fieldsOf(metadata, 'Requires-Dist')
      .filter((requirement) => /extra == ["']and-cuda["']/.test(requirement))
      .map((requirement) => requirement.split(';')[0]!.trim()),
    entries,
    zip,
  }
}

/** Writes the chosen files under `folder`, each at its path in the wheel. yauzl refuses paths that lead out of it. */
export async function extract(wheel: Wheel, isWanted: (path: string) => boolean, folder: string, signal?: AbortSignal): Promise<string[]> {
  const written: string[] = []
  for (const [path, entry] of wheel.entries) {
    if (path.endsWith('/') || !isWanted(path)) continue
    signal?.throwIfAborted()
    const target = join(folder, path)
    await mkdir(dirname(target), { recursive: true })
    const mode = path.includes('/bin/') ? 0o755 : 0o644
    try {
      await pipeline(await wheel.zip.openReadStreamPromise(entry), createWriteStream(target, { mode }), { signal })
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== undefined || signal?.aborted) throw error
      throw badWheel(wheel.name, `${basename(path)} in it is damaged (${(error as Error).message})`, error)
    }
    written.push(target)
  }
  return written
}

/** All values of one field of a METADATA or WHEEL file, `Field: value` a line. */
function fieldsOf(content: string, field: string): string[] {
  const head = content.split(/\r?\n\r?\n/)[0]!
  return head
    .split(/\r?\n/)
    .filter((line) => line.startsWith(`${field}: `))
    .map((line) => line.slice(field.length + 2).trim())
}

export function badWheel(file: string, why: string, cause?: unknown): AppError {
  return new AppError(
    'engine/bad-wheel',
    `${basename(file)} cannot serve: ${why}. Give a wheel of tensorflow or tensorflow-cpu for Linux x86_64, or leave --wheel out.`,
    cause === undefined ? undefined : { cause },
  )
}
