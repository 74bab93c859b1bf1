import { fork } from 'node:child_process'
import { builtEntry } from '@main/paths'
import type { ForkedProcess } from './compute-handle'

const STDERR = 2

/**
 * The compute process under plain Node: headless mode and the command line. It is out of reach of the terminal's Ctrl+C, so that this
 * process can have it write a checkpoint first; it ends when this process does. What libraries print goes to standard error: standard
 * output may be a JSON document.
 */
export function forkNode(): ForkedProcess {
  const child = fork(builtEntry('compute'), {
    serialization: 'advanced',
    stdio: ['ignore', STDERR, STDERR, 'ipc'],
    detached: process.platform !== 'win32',
  })
  return {
    send: (message) => {
      // A message that does not arrive: the process is gone, which `onExit` tells.
      if (child.connected) child.send(message, () => undefined)
    },
    onMessage: (listener) => child.on('message', listener),
    onExit: (listener) => {
      child.once('error', (error) => listener(error.message))
      child.once('exit', (code, signal) => listener(signal === null ? `exit code ${code}` : `signal ${signal}`))
    },
    kill: () => child.kill('SIGKILL'),
  }
}
