import type { LayerSummary, Network } from './network'

export type NetworkSummary = { layers: LayerSummary[]; encoderParameters: number; headParameters: number; parameters: number }

/** Whether a weight belongs to the head. */
export function isHeadWeight(name: string): boolean {
  return name.startsWith('head/')
}

/** The table of `galaxy-desk model NAME`. Parameters include moving statistics, as Keras counts them. */
export function summarise(network: Network): NetworkSummary {
  let encoderParameters = 0
  let headParameters = 0
  for (const [name, variable] of network.variables) {
    if (isHeadWeight(name)) headParameters += variable.size
    else encoderParameters += variable.size
  }
  return { layers: [...network.layers], encoderParameters, headParameters, parameters: encoderParameters + headParameters }
}
