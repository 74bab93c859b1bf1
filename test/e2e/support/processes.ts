import { execFileSync } from 'node:child_process'

/** The compute process of a running application: its child that runs compute.js. Throws when there is none. */
export function computeProcess(applicationPid: number): number {
  const lines = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,args='], { encoding: 'utf8' }).split('\n')
  const found = lines
    .map((line) => /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line))
    .find((match) => match && Number(match[2]) === applicationPid && match[3]!.includes('compute.js'))
  if (!found) throw new Error(`process ${applicationPid} has no compute process`)
  return Number(found[1])
}

export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
