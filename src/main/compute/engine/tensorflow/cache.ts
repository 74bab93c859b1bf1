/**
 * @file Where the native TensorFlow lies and how it is known to be whole.
 *
 * [Note: Never half-installed] `tensorflow/manifest.json` is the installation: it names one folder under `tensorflow/builds/`, and is
 * written in one rename after everything in that folder was built and checked. A build that was broken off is a folder that nothing
 * names; the next installation sweeps it away. Until the rename the earlier installation stays the one in use.
 */
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import envPaths from 'env-paths'
import { z } from 'zod'

const libraryFileSchema = z.object({ path: z.string(), bytes: z.number().int().positive() })

export const manifestSchema = z.object({
  format: z.literal(1),
  /** Name of the folder under `builds/` that holds `binding.node`. */
  build: z.string(),
  tensorflowVersion: z.string(),
  /** The Python package the libraries come from: `tensorflow` or `tensorflow-cpu`. */
  package: z.string(),
  source: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('python'), python: z.string() }),
    z.object({ kind: z.literal('download') }),
    z.object({ kind: z.literal('wheel'), file: z.string() }),
  ]),
  /** Version of @tensorflow/tfjs-node-gpu whose binding was compiled. */
  bindingVersion: z.string(),
  nodeApiVersion: z.number().int(),
  /** Our own kernels in `kernels.node`, or why there are none; older installations say nothing of either. */
  kernels: z.union([z.object({ version: z.string(), level: z.string() }), z.object({ failure: z.string() })]).nullable().default(null),
  /** What the binding is linked to, absolute or relative to the build's folder; sizes tell when someone replaced them. */
  libraries: z.array(libraryFileSchema),
  check: z.object({ what: z.string(), seconds: z.number(), usesGpu: z.boolean(), node: z.string() }),
  installedAt: z.iso.datetime(),
})
export type Manifest = z.infer<typeof manifestSchema>

/** The folder of everything Galaxy Desk keeps per user and can make again; `GALAXY_DESK_CACHE` moves it. */
export function cacheFolder(): string {
  return process.env['GALAXY_DESK_CACHE'] || envPaths('galaxy-desk', { suffix: '' }).cache
}

const tensorflowFolder = () => join(cacheFolder(), 'tensorflow')
const manifestFile = () => join(tensorflowFolder(), 'manifest.json')
export const buildFolder = (build: string) => join(tensorflowFolder(), 'builds', build)

/** The installation in use, or null when there is none. A manifest that cannot be read counts as none: installing again mends it. */
export async function readManifest(): Promise<Manifest | null> {
  const text = await readFile(manifestFile(), 'utf8').catch(() => null)
  if (text === null) return null
  try {
    return manifestSchema.parse(JSON.parse(text))
  } catch {
    return null
  }
}

/** Makes a build the installation in use. */
export async function writeManifest(manifest: Manifest): Promise<void> {
  const partial = `${manifestFile()}.${process.pid}`
  await writeFile(partial, `${JSON.stringify(manifest, null, 2)}\n`, { flush: true })
  await rename(partial, manifestFile())
}

/** A fresh folder for a build of this process. */
export async function createBuildFolder(): Promise<string> {
  const build = `${process.pid}-${Date.now()}`
  await mkdir(buildFolder(build), { recursive: true })
  return build
}

/** Removes every build but the one in use and those on which another living process works. */
export async function sweepBuilds(): Promise<void> {
  const inUse = (await readManifest())?.build
  const builds = await readdir(join(tensorflowFolder(), 'builds')).catch(() => [])
  const stale = builds.filter((build) => build !== inUse && !isAlive(Number(build.split('-')[0])))
  await Promise.all(stale.map((build) => rm(buildFolder(build), { recursive: true, force: true, maxRetries: 5 })))
}

function isAlive(pid: number): boolean {
  if (pid === process.pid) return false
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
