/** Builds kernels, main process and window into out/. Run as a file it always builds; `buildIfStale` only when a source is newer. */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const stamp = join(root, 'out', '.built')
const sources = ['src', 'scripts', 'package.json', 'package-lock.json', 'electron.vite.config.ts', 'tsconfig.base.json']

function newestMs(path) {
  const info = statSync(path)
  if (!info.isDirectory()) return info.mtimeMs
  return readdirSync(path).reduce((newest, name) => Math.max(newest, newestMs(join(path, name))), 0)
}

function isStale() {
  // A packaged application has no sources and is never stale.
  if (!existsSync(join(root, 'src'))) return false
  return !existsSync(stamp) || statSync(stamp).mtimeMs < Math.max(...sources.map((name) => newestMs(join(root, name))))
}

function run(args) {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, NODE_ENV: 'production' },
  })
  if (status === 0) return
  process.stderr.write(
    `${stdout}${stderr}\nerror build/failed: Galaxy Desk could not be built (${relative(root, args[0])}); the reason is above.\n`,
  )
  process.exit(1)
}

export function build() {
  const startedAt = Date.now()
  rmSync(stamp, { force: true })
  run([join(root, 'scripts', 'build-kernels.mjs')])
  run([join(root, 'node_modules', 'electron-vite', 'bin', 'electron-vite.js'), 'build'])
  mkdirSync(join(root, 'out'), { recursive: true })
  writeFileSync(stamp, '')
  // What was edited while it built is not in it.
  utimesSync(stamp, startedAt / 1000, startedAt / 1000)
  process.stderr.write(`built in ${((Date.now() - startedAt) / 1000).toFixed(1)} s\n`)
}

export function buildIfStale() {
  if (isStale()) build()
}

if (process.argv[1] === fileURLToPath(import.meta.url)) build()
