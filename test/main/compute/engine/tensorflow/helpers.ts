import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { readManifest } from '@main/compute/engine/tensorflow/cache'

/** A Python with TensorFlow: named by GALAXY_DESK_TEST_PYTHON, or the one that the user's own installation was made from. */
export async function findPython(): Promise<string | undefined> {
  const named = process.env['GALAXY_DESK_TEST_PYTHON']
  if (named) return named
  const source = (await readManifest())?.source
  return source?.kind === 'python' && existsSync(source.python) ? source.python : undefined
}

/** Points the cache at a fresh folder until `restore`. */
export async function useTemporaryCache(): Promise<{ folder: string; restore: () => Promise<void> }> {
  const before = process.env['GALAXY_DESK_CACHE']
  const folder = await mkdtemp(join(tmpdir(), 'galaxy-desk-engine-'))
  process.env['GALAXY_DESK_CACHE'] = folder
  return {
    folder,
    restore: async () => {
      if (before === undefined) delete process.env['GALAXY_DESK_CACHE']
      else process.env['GALAXY_DESK_CACHE'] = before
      await rm(folder, { recursive: true, force: true })
    },
  }
}

export const buildsIn = (cache: string) => {
  const folder = join(cache, 'tensorflow/builds')
  return existsSync(folder) ? readdirSync(folder) : []
}

/** A function of src/main in a process of its own, from source, in a process group that can be killed whole. */
export function startSource(module: string, name: string, ...args: unknown[]): ChildProcess {
  const program = resolve('test/main/compute/engine/source-process.mjs')
  return spawn(process.execPath, [program, module, name, JSON.stringify(args)], { stdio: ['ignore', 'pipe', 'ignore'], detached: true })
}

/** The answer of such a process: what the function gave, or `{ code, message }` of its error. */
export async function answerOf(child: ChildProcess): Promise<{ answer?: unknown; code?: string; message?: string }> {
  let output = ''
  child.stdout!.setEncoding('utf8').on('data', (text: string) => (output += text))
  await new Promise((done) => child.once('close', done))
  return JSON.parse(output.trim().split('\n').at(-1)!) as { answer?: unknown }
}
