/**
 * `npm start`: builds if needed, then opens the window in Electron when its binary can be had and a display exists; otherwise, or when
 * Electron gives no ready signal in time, the same application on 127.0.0.1, and says why. `npm start -- DIR` opens that project, and
 * `npm start -- --engine NAME` computes on that engine, as GALAXY_DESK_ENGINE=NAME does.
 */
import { spawn } from 'node:child_process'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { hasNewNode, runWithNewNode } from './node-guard.mjs'
import { findElectron, obtainElectron } from './electron-binary.mjs'
import { exitAs, passSignals } from './signals.mjs'

const READY_MS = 10_000
const READY = 'galaxy-desk:ready'
const root = fileURLToPath(new URL('..', import.meta.url))

/**
 * Resolves to the reason why there is no window. Once there is one, this process ends when the window is closed, and as Electron ended; so it
 * does when it is told to end before.
 */
function tryElectron(binary) {
  return new Promise((resolve) => {
    const child = spawn(binary, [root], { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, GALAXY_DESK_SIGNAL: '1' } })
    let isReady = false
    let isEnding = false
    let printed = ''
    passSignals(child, () => (isEnding = true))
    const timer = setTimeout(() => {
      child.kill('SIGKILL')
      resolve(`Electron gave no sign of life in ${READY_MS / 1000} s`)
    }, READY_MS)
    child.stdout.on('data', (data) => {
      if (isReady) process.stdout.write(data)
      else if ((printed += data).includes(READY)) {
        isReady = true
        clearTimeout(timer)
      }
    })
    child.on('error', (error) => {
      clearTimeout(timer)
      resolve(`Electron does not start: ${error.message}`)
    })
    child.on('exit', (code, signal) => {
      clearTimeout(timer)
      if (isReady || isEnding) exitAs(code, signal)
      resolve(`Electron ended before its window opened (${signal ?? `exit code ${code}`})`)
    })
  })
}

async function reasonForNoWindow() {
  const hasDisplay = process.platform !== 'linux' || Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY)
  if (!hasDisplay) return 'there is no display'
  const found = findElectron() ?? (await obtainElectron())
  return typeof found === 'string' ? tryElectron(found) : found.reason
}

function readArguments() {
  try {
    const { values, positionals } = parseArgs({ options: { engine: { type: 'string' } }, allowPositionals: true })
    if (positionals.length > 1) throw new Error(`one project can be opened, not ${positionals.length}`)
    return { engine: values.engine, asked: positionals[0] }
  } catch (error) {
    console.error(`error start/bad-arguments: ${error.message}. It is npm start -- [DIR] [--engine NAME].`)
    process.exit(2)
  }
}

async function main() {
  const { engine, asked } = readArguments()
  if (engine !== undefined) process.env.GALAXY_DESK_ENGINE = engine
  const { buildIfStale } = await import('../scripts/build.mjs')
  buildIfStale()
  // npm runs this in the program's folder and keeps the user's here.
  if (asked !== undefined) process.env.GALAXY_DESK_PROJECT = resolve(process.env.INIT_CWD ?? '.', asked)
  const reason = await reasonForNoWindow()
  console.log(`No window of its own: ${reason}. Galaxy Desk runs in your browser instead.`)
  await import('../out/main/headless.js')
}

if (!hasNewNode()) runWithNewNode(fileURLToPath(import.meta.url))
else await main()
