import { createHash } from 'node:crypto'
import type { Network } from '@main/compute/model/network'
import { encodeSafetensors } from '@main/compute/model/safetensors'
import { copyWeights } from '@main/compute/model/weights'

/** The checksum of a network's weights, for a process to answer with. */
export async function weightsSha256(network: Network): Promise<string> {
  const tensors = await copyWeights(network)
  return createHash('sha256')
    .update(encodeSafetensors({ tensors, metadata: {} }))
    .digest('hex')
}
