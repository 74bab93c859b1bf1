import { backend, type DataId, type Tensor, type TensorInfo } from '@tensorflow/tfjs-core'

export type Attribute = { name: string; type: number; value: unknown }

/** What is used here of tfjs-node's NodeJSKernelBackend. */
type NativeBackend = {
  binding: Record<'TF_ATTR_TYPE' | 'TF_ATTR_FLOAT' | 'TF_ATTR_INT' | 'TF_ATTR_STRING' | 'TF_ATTR_BOOL' | 'TF_FLOAT' | 'TF_INT32', number>
  executeMultipleOutputs: (name: string, attributes: Attribute[], inputs: TensorInfo[], outputCount: number) => Tensor[]
  incRef: (id: DataId) => void
}

/** The backend of the engine `tensorflow`, which must be the current one. */
export const native = () => backend() as unknown as NativeBackend

/** Runs one of our own operations (kernels/kernels.cc), whose attributes are whole numbers or, by a name in `fractions`, float32. */
export function runOwn(
  name: string,
  inputs: TensorInfo[],
  outputCount: number,
  wholes: Record<string, number> = {},
  fractions: Record<string, number> = {},
): Tensor[] {
  const { TF_ATTR_INT, TF_ATTR_FLOAT } = native().binding
  const attributes = [
    ...Object.entries(wholes).map(([key, value]) => ({ name: key, type: TF_ATTR_INT, value })),
    ...Object.entries(fractions).map(([key, value]) => ({ name: key, type: TF_ATTR_FLOAT, value })),
  ]
  return native().executeMultipleOutputs(`GalaxyDesk${name}`, attributes, inputs, outputCount)
}
