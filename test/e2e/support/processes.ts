import { childrenOf } from '../../main/jobs/processes'

/** The compute process of a running application: its child that runs compute.js. Throws when there is none. */
export function computeProcess(applicationPid: number): number {
  const [found] = childrenOf(applicationPid, 'compute.js')
  if (found === undefined) throw new Error(`process ${applicationPid} has no compute process`)
  return found
}
