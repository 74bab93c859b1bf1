import type { EngineName, EngineStatus } from '@shared/contract/engine'

/** One sentence for `doctor` and the status bar: whether a better engine than the one in use can be had, and how. */
export function adviceFor(inUse: EngineStatus, hasNvidiaCard: boolean): string {
  const install = hasNvidiaCard ? 'galaxy-desk engine install --gpu' : 'galaxy-desk engine install'
  const onCard = inUse.device.startsWith('GPU')
  const advice: Record<EngineName, string> = {
    tensorflow:
      hasNvidiaCard && !onCard
        ? `TensorFlow runs on the processor though this machine has an NVIDIA card: \`${install}\` puts it to use.`
        : inUse.reason !== ''
          ? `TensorFlow would train about twice as fast with the kernels of Galaxy Desk, but ${inUse.reason}`
          : 'This is the best engine for this machine.',
    webgpu: !onCard
      ? 'A processor in place of a graphics card is for checks only: every other engine is faster.'
      : hasNvidiaCard
        ? `TensorFlow may train faster on this machine's NVIDIA card: \`${install}\`.`
        : 'This is the best engine for this machine.',
    wasm: hasNvidiaCard
      ? `TensorFlow would put this machine's NVIDIA card to use: \`${install}\`.`
      : `TensorFlow trains about as fast on a processor but is not held to 4 GiB, so it takes larger batches: \`${install}\`.`,
    cpu: `Plain JavaScript is far too slow to train a network; the engine tensorflow helps: \`${install}\`.`,
  }
  return advice[inUse.name]
}
