/**
 * `npm start`: builds if needed, then opens the window in Electron when its binary can be had and a display exists; otherwise, or when
 * Electron gives no ready signal in time, the same application on 127.0.0.1, and says why.
 */
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { hasNewNode, runWithNewNode } from './node-guard.mjs'
import { findElectron, obtainElectron } from './electron-binary.mjs'

const READY_MS = 10_000
const READY = 'galaxy-desk:ready'
const root = fileURLToPath(new URL('..', import.meta.url))

/** Resolves to null once the window is up and later closed, or to the reason why there is no window. */
function tryElectron(binary) {
  return new Promise((resolve) => {
    const child = spawn(binary, [root], { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, GALAXY_DESK_SIGNAL: '1' } })
    let isReady = false
    const timer = setTimeout(() => {
      child.kill('SIGKILL')
      resolve(`Electron gave no sign of life in ${READY_MS / 1000} s`)
    }, READY_MS)
    child.stdout.on('data', (data) => {
      if (!isReady && String(data).includes(READY)) {
        isReady = true
        clearTimeout(timer)
      } else process.stdout.write(data)
    })
    child.on('error', (error) => {
      clearTimeout(timer)
      resolve(`Electron does not start: ${error.message}`)
    })
    child.on('exit', (code, signal) => {
      clearTimeout(timer)
      resolve(isReady ? null : `Electron ended before its window opened (${signal ?? `exit code ${code}`})`)
    })
  })
}

async function reasonForNoWindow() {
  const hasDisplay = process.platform !== 'linux' || Boolean(process.env.DISPLAY ?? process.env.WAYLAND_DISPLAY)
  if (!hasDisplay) return 'there is no display'
  const found = findElectron() ?? (await obtainElectron())
  return typeof found === 'string' ? tryElectron(found) : found.reason
}

async function main() {
  const { buildIfStale } = await import('../scripts/build.mjs')
  buildIfStale()
  const reason = await reasonForNoWindow()
  if (reason === null) return
  console.log(`No window of its own: ${reason}. Galaxy Desk runs in your browser instead.`)
  await import('../out/main/headless.js')
}

if (!hasNewNode()) runWithNewNode(fileURLToPath(import.meta.url))
else await main()
