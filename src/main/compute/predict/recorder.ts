import { KernelBackend, backend_util, engine, registerKernel, type DataType, type Tensor, type TensorInfo } from '@tensorflow/tfjs-core'

/** A tensor of a traced graph. Those with `values` are known beforehand: the weights, and numbers written in the code. */
export type TracedValue = { shape: number[]; values: Float32Array | null }
/** A kernel of TensorFlow.js that was asked for, with the places of its inputs and its output among the values. */
export type TracedNode = { kernel: string; inputs: Record<string, number>; attributes: Attributes; output: number }
export type Attributes = Readonly<Record<string, unknown>>

/** The name under which TensorFlow.js knows the recorder. */
export const RECORDER = 'recorder'

/** A backend of TensorFlow.js that computes nothing: it keeps a record of the kernels and of the shapes. See [Note: The encoder is traced]. */
export class Recorder extends KernelBackend {
  readonly values: TracedValue[] = []
  readonly nodes: TracedNode[] = []
  readonly #places = new Map<object, number>()

  /** A weight, which lies on another backend. */
  know({ dataId, shape }: TensorInfo, values: Float32Array): void {
    this.#places.set(dataId, this.values.push({ shape, values }) - 1)
  }

  newTensor(shape: number[]): Tensor {
    return engine().makeTensorFromTensorInfo(this.record(shape, null))
  }

  placeOf({ dataId }: Pick<TensorInfo, 'dataId'>): number {
    const place = this.#places.get(dataId)
    if (place === undefined) throw new Error('it uses a tensor that is neither a weight nor made of its images')
    return place
  }

  record(shape: number[], values: Float32Array | null): TensorInfo {
    const dataId = {}
    this.#places.set(dataId, this.values.push({ shape, values }) - 1)
    return { dataId, shape, dtype: 'float32' }
  }

  override write(values: backend_util.BackendValues, shape: number[], dtype: DataType): object {
    if (dtype !== 'float32' && dtype !== 'int32') throw new Error(`it uses numbers of the type ${dtype}`)
    return this.record(shape, Float32Array.from(values as Float32Array)).dataId
  }

  override numDataIds(): number {
    return this.values.length
  }

  override disposeData(): boolean {
    return true
  }

  override incRef(): void {
    // Nothing is freed before the whole record is.
  }

  override epsilon(): number {
    return 1e-7
  }

  override floatPrecision(): 16 | 32 {
    return 32
  }

  override dispose(): void {
    this.#places.clear()
  }
}

type ShapeRule = (shapes: Readonly<Record<string, number[]>>, attributes: Attributes) => number[]

function kernel(kernelName: string, shapeOf: ShapeRule): void {
  registerKernel({
    kernelName,
    backendName: RECORDER,
    kernelFunc: ({ inputs, attrs, backend }) => {
      const recorder = backend as Recorder
      const given = Object.entries(inputs).flatMap(([name, tensor]): [string, TensorInfo][] =>
        tensor === undefined || Array.isArray(tensor) ? [] : [[name, tensor]],
      )
      const attributes = attrs ?? {}
      const info = recorder.record(shapeOf(Object.fromEntries(given.map(([name, { shape }]) => [name, shape])), attributes), null)
      recorder.nodes.push({
        kernel: kernelName,
        inputs: Object.fromEntries(given.map(([name, tensor]) => [name, recorder.placeOf(tensor)])),
        attributes,
        output: recorder.placeOf(info),
      })
      return info
    },
  })
}

const sameAsX: ShapeRule = ({ x }) => x!
const broadcast: ShapeRule = ({ a, b }) => backend_util.assertAndGetBroadcastShape(a!, b!)

for (const name of ['Identity', 'FusedBatchNorm', 'Sigmoid', 'Relu', 'Relu6']) kernel(name, sameAsX)
for (const name of ['Add', 'Sub', 'Multiply']) kernel(name, broadcast)
for (const name of ['Conv2D', 'DepthwiseConv2dNative'])
  kernel(name, (shapes, attributes) => convolutionOf(name, shapes, attributes).outShape)
for (const name of ['MaxPool', 'AvgPool']) kernel(name, ({ x }, attributes) => poolOf(x!, attributes).outShape)
kernel('BatchMatMul', ({ a, b }, { transposeA, transposeB }) => {
  if (a!.length !== 2 || b!.length !== 2 || transposeA === true) throw new Error('it multiplies more than two plain matrices')
  return [a![0]!, b![transposeB === true ? 0 : 1]!]
})
kernel('Reshape', ({ x }, { shape }) => {
  const size = x!.reduce((product, side) => product * side, 1)
  const known = (shape as number[]).reduce((product, side) => (side === -1 ? product : product * side), 1)
  return (shape as number[]).map((side) => (side === -1 ? size / known : side))
})
kernel('Mean', ({ x }, { axis, keepDims }) => {
  const axes = axesOf(axis, x!.length)
  return keepDims === true ? x!.map((side, i) => (axes.includes(i) ? 1 : side)) : x!.filter((_, i) => !axes.includes(i))
})

/** The axes of a reduction, each counted from the front. */
export function axesOf(axis: unknown, rank: number): number[] {
  const given = axis === undefined || axis === null ? Array.from({ length: rank }, (_, i) => i) : [axis].flat()
  return given.map((one) => ((one as number) + rank) % rank)
}

/** Sizes and padding of a convolution, depthwise or not. */
export function convolutionOf(name: string, { x, filter }: Readonly<Record<string, number[]>>, attributes: Attributes) {
  const { strides, dilations, pad, dimRoundingMode } = attributes as ConvolutionAttributes
  const isDepthwise = name === 'DepthwiseConv2dNative'
  return backend_util.computeConv2DInfo(x as Shape4D, filter as Shape4D, strides, dilations ?? [1, 1], pad, dimRoundingMode, isDepthwise)
}

/** Sizes and padding of a pooling. */
export function poolOf(x: number[], attributes: Attributes) {
  const { filterSize, strides, pad, dimRoundingMode } = attributes as PoolAttributes
  return backend_util.computePool2DInfo(x as Shape4D, filterSize, strides, 1, pad, dimRoundingMode)
}

type Shape4D = [number, number, number, number]
type Pair = [number, number] | number
type Padding = 'same' | 'valid' | number
type Rounding = 'floor' | 'round' | 'ceil'
type ConvolutionAttributes = { strides: Pair; dilations?: Pair; pad: Padding; dimRoundingMode?: Rounding }
type PoolAttributes = { filterSize: Pair; strides: Pair; pad: Padding; dimRoundingMode?: Rounding }
