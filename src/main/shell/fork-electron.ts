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
      // `child.kill` asks; a process deep in a native call does not listen.
      if (child.pid === undefined || !killNow(child.pid)) child.kill()
    },
  }
}

/** False when there is no such process any more. */
function killNow(pid: number): boolean {
  try {
    return process.kill(pid, 'SIGKILL')
  } catch {
    return false
  }
}
