/** The part of tfjs-node-gpu's native binding that we call ourselves; its JavaScript calls the rest. */
export type TensorflowBinding = {
  createTensor: (shape: number[], dtype: number, values: Float32Array) => number
  deleteTensor: (id: number) => void
  tensorDataSync: (id: number) => Float32Array
  executeOp: (
    name: string,
    attributes: { name: string; type: number; value: unknown }[],
    inputs: number[],
    outputs: number,
  ) => { id: number; shape: number[]; dtype: number }[]
  isUsingGpuDevice: () => boolean
  TF_Version: string
  TF_FLOAT: number
  TF_ATTR_BOOL: number
  TF_ATTR_TYPE: number
}

/**
 * Set before TensorFlow starts, unless the user set them: its notes on missing CUDA libraries are not for the user's terminal, and it takes
 * graphics memory as it needs it instead of all at once. One note on oneDNN stays: 2.21 writes it while it is loaded, in Python too.
 */
export const tensorflowEnvironment = { TF_CPP_MIN_LOG_LEVEL: '2', TF_FORCE_GPU_ALLOW_GROWTH: 'true' }
