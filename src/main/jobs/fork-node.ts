import { fork } from 'node:child_process'
import { builtEntry } from '@main/paths'
import type { ForkedProcess } from './compute-handle'

/** The compute process under plain Node: headless mode and the command line. */
export function forkNode(): ForkedProcess {
  const child = fork(builtEntry('compute'), { serialization: 'advanced', stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  return {
    send: (message) => {
      if (child.connected) child.send(message)
    },
    onMessage: (listener) => child.on('message', listener),
    onExit: (listener) => {
      child.once('error', (error) => listener(error.message))
      child.once('exit', (code, signal) => listener(signal === null ? `exit code ${code}` : `signal ${signal}`))
    },
    kill: () => child.kill('SIGKILL'),
  }
}
