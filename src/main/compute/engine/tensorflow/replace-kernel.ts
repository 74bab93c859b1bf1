import { getKernel, registerKernel, unregisterKernel, type KernelConfig, type NamedAttrMap, type TensorInfo } from '@tensorflow/tfjs-core'

/** What a kernel of ours is asked for; it gives null for shapes that it leaves to the stock kernel. */
export type OwnKernel = (inputs: Record<string, TensorInfo>, attributes: NamedAttrMap, stride: 1 | 2) => TensorInfo | null

const replaced = new Set<string>()

/**
 * Puts a kernel of ours for float32, 'same' padding, no dilation and one stride for both directions before the stock one of the engine
 * `tensorflow`. Once per process: doing it again changes nothing.
 */
export function replaceKernel(kernelName: string, own: OwnKernel): void {
  if (replaced.has(kernelName)) return
  replaced.add(kernelName)
  const stock = getKernel(kernelName, 'tensorflow')
  if (stock === undefined) throw new Error(`TensorFlow.js has no kernel ${kernelName} for tensorflow`)
  unregisterKernel(kernelName, 'tensorflow')
  registerKernel({
    kernelName,
    backendName: 'tensorflow',
    kernelFunc: (given) => {
      const attributes = given.attrs ?? {}
      const stride = strideOf(attributes)
      const inputs = given.inputs as Record<string, TensorInfo>
      const isFloat = Object.values(inputs).every(({ dtype }) => dtype === 'float32')
      return (isFloat && stride !== null ? own(inputs, attributes, stride) : null) ?? stock.kernelFunc(given)
    },
  } satisfies KernelConfig)
}

function strideOf({ strides, pad, dilations, dataFormat }: NamedAttrMap): 1 | 2 | null {
  const [vertical, horizontal] = typeof strides === 'number' ? [strides, strides] : (strides as number[])
  const isPlain = pad === 'same' && (dataFormat ?? 'NHWC') === 'NHWC' && [dilations ?? 1].flat().every((dilation) => dilation === 1)
  return isPlain && vertical === horizontal && (vertical === 1 || vertical === 2) ? vertical : null
}
