/**
 * Finds Electron's binary, or has its own installer fetch it. Never `require('electron')`: outside Electron that downloads, synchronously.
 * A mirror that does not answer must not hold up the start: it is probed first, and the download has a limit.
 */
import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { exitAs, passSignals } from './signals.mjs'

const PROBE_MS = 4_000
const DOWNLOAD_MS = 300_000

function packageFolder() {
  try {
    return dirname(createRequire(import.meta.url).resolve('electron/package.json'))
  } catch {
    return null
  }
}

/** The path of the binary, or null. */
export function findElectron() {
  if (process.env.ELECTRON_EXEC_PATH) return process.env.ELECTRON_EXEC_PATH
  const folder = packageFolder()
  if (folder === null) return null
  const pathFile = join(folder, 'path.txt')
  const name = existsSync(pathFile) ? readFileSync(pathFile, 'utf8') : 'electron'
  const binary = join(process.env.ELECTRON_OVERRIDE_DIST_PATH ?? join(folder, 'dist'), name)
  return existsSync(binary) ? binary : null
}

/** Downloads the binary; its path, or `{ reason }`. */
export async function obtainElectron() {
  const folder = packageFolder()
  if (folder === null) return { reason: 'the package electron is not installed' }
  if (process.env.ELECTRON_SKIP_BINARY_DOWNLOAD) return { reason: 'Electron has no binary here and its download is switched off' }
  const mirror = process.env.ELECTRON_MIRROR ?? process.env.npm_config_electron_mirror ?? 'https://github.com/'
  try {
    await fetch(mirror, { method: 'HEAD', redirect: 'manual', signal: AbortSignal.timeout(PROBE_MS) })
  } catch (error) {
    return { reason: `Electron's download site cannot be reached (${error.cause?.code ?? error.name})` }
  }
  console.log('Fetching Electron, once…')
  const isFetched = await runInstaller(join(folder, 'install.js'))
  return (
    findElectron() ?? { reason: isFetched ? 'Electron was fetched but has no binary for this machine' : 'Electron could not be fetched' }
  )
}

function runInstaller(file) {
  const child = spawn(process.execPath, [file], { stdio: 'inherit', timeout: DOWNLOAD_MS })
  let isEnding = false
  passSignals(child, () => (isEnding = true))
  return new Promise((resolve) => {
    child.on('error', () => resolve(false))
    child.on('exit', (code, signal) => {
      if (isEnding) exitAs(code, signal)
      resolve(code === 0)
    })
  })
}
