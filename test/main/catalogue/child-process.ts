import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { build } from 'vite'
import { temporaryFolder } from './support'

/** A real process that runs `children/NAME.ts` on a project, and the lines it has written so far. */
export type Child = { lines: string[]; waitForLines: (count: number) => Promise<void>; kill: () => Promise<void> }

/** Builds the child and starts it. */
export async function startChild(name: string, ...args: string[]): Promise<Child> {
  return (await buildChild(name))(...args)
}

/** Builds the child (Node alone does not know our path aliases); what comes back starts it, as often as it is wanted in this test. */
export async function buildChild(name: string): Promise<(...args: string[]) => Child> {
  const outDir = temporaryFolder()
  await build({
    configFile: false,
    logLevel: 'error',
    resolve: { alias: { '@shared': resolve('src/shared'), '@main': resolve('src/main') } },
    build: {
      ssr: resolve(`test/main/catalogue/children/${name}.ts`),
      outDir,
      rolldownOptions: { external: ['better-sqlite3'], output: { format: 'cjs', entryFileNames: '[name].cjs' } },
    },
  })
  return (...args) => {
    const child = spawn(process.execPath, [join(outDir, `${name}.cjs`), ...args], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, NODE_PATH: resolve('node_modules') },
    })
    return { ...collectLines(child), kill: () => killed(child) }
  }
}

function collectLines(child: ChildProcess): Pick<Child, 'lines' | 'waitForLines'> {
  const lines: string[] = []
  const reader = createInterface({ input: child.stdout! })
  reader.on('line', (line) => void lines.push(line))
  const waitForLines = async (count: number) => {
    while (lines.length < count) {
      if (child.exitCode !== null) throw new Error(`the child ended after ${lines.length} lines`)
      await once(reader, 'line')
    }
  }
  return { lines, waitForLines }
}

async function killed(child: ChildProcess): Promise<void> {
  const closed = once(child, 'close')
  child.kill('SIGKILL')
  await closed
}
