import { execFileSync } from 'node:child_process'
import { setTimeout as delay } from 'node:timers/promises'

/** The direct children of a process, of which `part` of the command line is known. */
export function childrenOf(pid: number, part: string): number[] {
  return execFileSync('ps', ['-eo', 'pid=,ppid=,stat=,args='], { encoding: 'utf8' })
    .split('\n')
    .map((line) => /^\s*(\d+)\s+(\d+)\s+(\S+)\s+(.*)$/.exec(line))
    .filter((found) => found !== null && Number(found[2]) === pid && !found[3]!.startsWith('Z') && found[4]!.includes(part))
    .map((found) => Number(found![1]))
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
export async function until<T>(what: string, look: () => T | null | undefined | false, limitMs = 30_000): Promise<T> {
  for (const endMs = performance.now() + limitMs; performance.now() < endMs; await delay(20)) {
    const found = look()
    if (found !== null && found !== undefined && found !== false) return found
  }
  throw new Error(`waited ${limitMs} ms in vain for ${what}`)
}
