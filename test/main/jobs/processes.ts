import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'

/** `state` is Z when it has ended and nobody took note of it; `args` is its command line. */
type Process = { pid: number; parent: number; state: string; args: string }

/** Linux tells of its processes in files; `ps` is not on every machine. */
function processes(): Process[] {
  if (process.platform === 'linux')
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .flatMap((pid) => readProcess(pid) ?? [])
  return execFileSync('ps', ['-A', '-o', 'pid=,ppid=,stat=,args='], { encoding: 'utf8' })
    .split('\n')
    .flatMap((line) => {
      const found = /^\s*(\d+)\s+(\d+)\s+(\S)\S*\s+(.*)$/.exec(line)
      return found ? [{ pid: Number(found[1]), parent: Number(found[2]), state: found[3]!, args: found[4]! }] : []
    })
}

/** Null: it has ended since it was listed. */
function readProcess(pid: string): Process | null {
  try {
    // The name of the program comes before the last bracket, and may hold anything.
    const found = /^\d+ \(.*\) (\S) (\d+) /s.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))!
    const args = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trimEnd()
    return { pid: Number(pid), parent: Number(found[2]), state: found[1]!, args }
  } catch {
    return null
  }
}

/** The direct children of a process, of which `part` of the command line is known. */
export function childrenOf(pid: number, part: string): number[] {
  return processes()
    .filter(({ parent, state, args }) => parent === pid && state !== 'Z' && args.includes(part))
    .map((child) => child.pid)
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

/** Waits until `look` finds something. Fails after `limitMs` with `what` was waited for. */
export async function until<T>(what: string, look: () => T | null | undefined | false, limitMs = 150_000): Promise<T> {
  for (const endMs = performance.now() + limitMs; performance.now() < endMs; await delay(20)) {
    const found = look()
    if (found !== null && found !== undefined && found !== false) return found
  }
  throw new Error(`waited ${limitMs} ms in vain for ${what}`)
}
