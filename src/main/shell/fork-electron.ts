import type { ForkedProcess } from '@main/jobs/compute-handle'
import { builtEntry } from '@main/paths'
import type { ElectronParts } from './electron'

/** The compute process as an Electron utility process. */
export function forkElectron({ utilityProcess }: ElectronParts): ForkedProcess {
  const child = utilityProcess.fork(builtEntry('compute'), [], { serviceName: 'Galaxy Desk compute' })
  return {
    send: (message) => child.postMessage(message),
    onMessage: (listener) => child.on('message', listener),
    onExit: (listener) => child.once('exit', (code) => listener(`exit code ${code}`)),
    kill: () => {
      // `kill` asks; a process deep in a native call does not listen.
      if (child.pid !== undefined) process.kill(child.pid, 'SIGKILL')
    },
  }
}
