import { spawn } from 'node:child_process'

export type CommandResult = { exitCode: number | null; endedBy: string | null; stdout: string; stderr: string }
export type CommandOptions = { signal?: AbortSignal | undefined; env?: NodeJS.ProcessEnv; cwd?: string; timeoutMs?: number }

/**
 * Runs a program to its end and gives what it printed; `null` when there is no such program. A failure of the program is a result, not an
 * error. Rejects with the signal's reason after an abort; the program is dead by then, so its folder can be removed.
 */
export function runCommand(program: string, args: readonly string[], options: CommandOptions = {}): Promise<CommandResult | null> {
  const { signal, env = process.env, cwd, timeoutMs } = options
  signal?.throwIfAborted()
  return new Promise((resolve, reject) => {
    // A group of its own: g++ and pip start further programs, which have to end with them.
    const child = spawn(program, args, {
      env,
      cwd,
      timeout: timeoutMs,
      killSignal: 'SIGKILL',
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    })
    const kill = () => {
      if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGKILL')
    }
    signal?.addEventListener('abort', kill, { once: true })
    let stdout = ''
    let stderr = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
    child.on('error', (error: NodeJS.ErrnoException) => {
      signal?.removeEventListener('abort', kill)
      if (error.code === 'ENOENT' || error.code === 'EACCES' || error.code === 'ENOTDIR') resolve(null)
      else reject(error)
    })
    child.on('close', (exitCode, endedBy) => {
      signal?.removeEventListener('abort', kill)
      if (signal?.aborted) reject(signal.reason as Error)
      else resolve({ exitCode, endedBy, stdout, stderr })
    })
  })
}

/** What a compiler complained of first. */
export function firstComplaint(text: string): string {
  return (text.split('\n').find((line) => /error|undefined|cannot find/.test(line)) ?? lastLines(text)).trim()
}

/** The last lines of a program's complaint, for a message. */
export function lastLines(text: string, count = 3): string {
  return text.trim().split('\n').slice(-count).join(' ').trim()
}
