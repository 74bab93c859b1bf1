/** @file What every kernel of ours needs: the backend that owns the memory, the threads, and a few words about tensors in that memory. */
import {
  engine,
  getKernel,
  registerKernel,
  unregisterKernel,
  type KernelConfig,
  type NamedAttrMap,
  type Tensor,
} from '@tensorflow/tfjs-core'
import type { TensorInfo } from '@tensorflow/tfjs-core'
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm'
import type { KernelPool } from './kernel-pool'

export type Host = { backend: BackendWasm; memory: WebAssembly.Memory; pool: KernelPool }

/** The arguments of a kernel: its tensors by name, and its attributes. */
export type KernelCall<Names extends string = string, Attributes = object> = { inputs: Record<Names, TensorInfo>; attrs: Attributes }

/** Byte address of a tensor's numbers. */
export function address({ backend }: Host, { dataId }: TensorInfo): number {
  return backend.dataIdMap.get(dataId).memoryOffset >>> 0
}

/** A new tensor whose numbers are whatever the memory held. */
export function allocate({ backend }: Host, shape: number[]): TensorInfo {
  return backend.makeOutput(shape, 'float32')
}

export function allocateZeros(host: Host, shape: number[]): TensorInfo {
  const tensor = allocate(host, shape)
  numbers(host, tensor).fill(0)
  return tensor
}

export function release({ backend }: Host, ...tensors: TensorInfo[]): void {
  for (const { dataId } of tensors) backend.disposeData(dataId)
}

/** The numbers themselves, valid until the next allocation: growing the memory detaches the view. */
export function numbers(host: Host, tensor: TensorInfo): Float32Array {
  const size = tensor.shape.reduce((product, side) => product * side, 1)
  return new Float32Array(host.memory.buffer, address(host, tensor), size)
}

export function reshaped({ dataId, dtype }: TensorInfo, shape: number[]): TensorInfo {
  return { dataId, shape, dtype }
}

/** A tensor of TensorFlow.js, tracked by the running `tidy`. */
export function toTensor<T extends Tensor>(info: TensorInfo): T {
  return engine().makeTensorFromTensorInfo(info) as T
}

/** The kernels as the package brings them, kept so that loading the engine again does not take ours for them. */
const stockKernels = new Map<string, KernelConfig | null>()

/**
 * Puts a kernel of ours in the place of a stock one. It gets the stock kernel, for the shapes it does not take itself; where the package
 * has none, that one throws.
 */
export function replaceKernel<Names extends string, Attributes>(
  kernelName: string,
  kernel: (call: KernelCall<Names, Attributes>, stock: () => TensorInfo) => TensorInfo,
): void {
  if (!stockKernels.has(kernelName)) stockKernels.set(kernelName, getKernel(kernelName, 'wasm') ?? null)
  const stockKernel = stockKernels.get(kernelName) ?? null
  if (getKernel(kernelName, 'wasm')) unregisterKernel(kernelName, 'wasm')
  registerKernel({
    kernelName,
    backendName: 'wasm',
    ...(stockKernel?.setupFunc ? { setupFunc: stockKernel.setupFunc } : {}),
    kernelFunc: (params) => {
      const { inputs, attrs = {} } = params
      return kernel({ inputs, attrs } as unknown as KernelCall<Names, Attributes>, () => {
        if (stockKernel === null) throw new Error(`the wasm engine has no kernel ${kernelName} for these shapes`)
        return stockKernel.kernelFunc(params) as TensorInfo
      })
    },
  })
}

/** Runs a stock kernel by name. */
export function runStock({ backend }: Host, kernelName: string, inputs: Record<string, TensorInfo>, attrs: NamedAttrMap): TensorInfo {
  return getKernel(kernelName, 'wasm').kernelFunc({ inputs, attrs, backend }) as TensorInfo
}
