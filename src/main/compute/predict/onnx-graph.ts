import { foldGraph, type PlainStep, type WeightedStep } from './fold'
import type { OnnxModel, OnnxNode, OnnxTensor } from './onnx-file'
import { axesOf, convolutionOf, poolOf, type TracedValue } from './recorder'
import type { TracedGraph } from './trace'

/** The names of what goes in, images [B, 1, size, size], and of what comes out, features [B, F]. */
export const IMAGES = 'images'
export const FEATURES = 'features'

/**
 * The traced encoder in ONNX's operators. Images lie channel by channel there, [B, C, H, W], where TensorFlow.js has [B, H, W, C]: the
 * weights are turned once, here, and with one channel the images of both are the same bytes.
 */
export function onnxGraph(traced: TracedGraph): Omit<OnnxModel, 'metadata'> {
  const { values, steps, output } = foldGraph(traced)
  const nodes: OnnxNode[] = []
  const tensors: OnnxTensor[] = []
  const names = new Map<number, string>([[traced.input, IMAGES]])
  const graph: Graph = {
    valueOf: (place) => values[place]!,
    nameOf: (place) => {
      const name = names.get(place) ?? `value${place}`
      const { values: known, shape } = values[place]!
      if (known !== null && !names.has(place)) tensors.push(constant(name, shape, known))
      names.set(place, name)
      return name
    },
    tensor: (name, shape, numbers) => {
      tensors.push({ name, shape, values: numbers })
      return name
    },
    node: (node) => {
      nodes.push(node)
      return node.output
    },
  }
  for (const step of steps) {
    if (step.kind === 'weighted') weighted(step, graph)
    else plain(step, graph)
  }
  graph.node({ operator: 'Identity', inputs: [graph.nameOf(output)], output: FEATURES })
  const [, height, width, channels] = values[traced.input]!.shape
  const features = values[output]!.shape
  if (features.length !== 2) throw new Error(`its features have ${features.length} axes, not 2`)
  return {
    nodes,
    tensors,
    input: { name: IMAGES, shape: ['batch', channels!, height!, width!] },
    output: { name: FEATURES, shape: ['batch', features[1]!] },
  }
}

type Graph = {
  valueOf: (place: number) => TracedValue
  nameOf: (place: number) => string
  /** Both give back the name of what they add. */
  tensor: (name: string, shape: readonly number[], values: Float32Array | BigInt64Array) => string
  node: (node: OnnxNode) => string
}

/** A number, or one per channel, as it is added to or multiplied with images or features. */
function constant(name: string, shape: readonly number[], values: Float32Array): OnnxTensor {
  const isPerChannel = shape.slice(0, -1).every((side) => side === 1)
  if (!isPerChannel) throw new Error(`it uses a table of numbers [${shape.join(', ')}] beside its weights`)
  return { name, shape: values.length === 1 ? [] : [values.length], values }
}

function weighted({ kernel, x, weights, bias_C, attributes, output }: WeightedStep, graph: Graph): void {
  const inputs = [
    graph.nameOf(x),
    graph.tensor(`weights${output}`, ...turned(kernel, weights)),
    graph.tensor(`bias${output}`, [bias_C.length], bias_C),
  ]
  if (kernel === 'BatchMatMul') {
    graph.node({ operator: 'Gemm', inputs, output: graph.nameOf(output) })
    return
  }
  const shapes = { x: graph.valueOf(x).shape, filter: weights.shape }
  const { padInfo, strideHeight, strideWidth, dilationHeight, dilationWidth, inChannels } = convolutionOf(kernel, shapes, attributes)
  graph.node({
    operator: 'Conv',
    inputs,
    output: graph.nameOf(output),
    attributes: {
      kernel_shape: weights.shape.slice(0, 2),
      strides: [strideHeight, strideWidth],
      dilations: [dilationHeight, dilationWidth],
      pads: [padInfo.top, padInfo.left, padInfo.bottom, padInfo.right],
      group: kernel === 'Conv2D' ? 1 : inChannels,
    },
  })
}

/** Weights as ONNX has them: [out, in, h, w], [in · per channel, 1, h, w]; those of a matrix stay [in, out]. */
function turned(kernel: WeightedStep['kernel'], { shape, values }: WeightedStep['weights']): [number[], Float32Array] {
  if (kernel === 'BatchMatMul') return [shape, values]
  const [height, width, inputs, last] = shape as [number, number, number, number]
  const isDepthwise = kernel === 'DepthwiseConv2dNative'
  const [outputs, perOutput] = isDepthwise ? [inputs * last, 1] : [last, inputs]
  const pixels = height * width
  const turnedValues = new Float32Array(values.length)
  for (let pixel = 0; pixel < pixels; pixel++) {
    for (let i = 0; i < perOutput; i++) {
      for (let o = 0; o < outputs; o++) turnedValues[(o * perOutput + i) * pixels + pixel] = values[(pixel * perOutput + i) * outputs + o]!
    }
  }
  return [[outputs, perOutput, height, width], turnedValues]
}

const sameName: Readonly<Record<string, string>> = { Add: 'Add', Sub: 'Sub', Multiply: 'Mul', Sigmoid: 'Sigmoid', Relu: 'Relu' }

function plain(step: PlainStep, graph: Graph): void {
  const { kernel, inputs, attributes, output } = step
  const operator = sameName[kernel]
  if (operator !== undefined) {
    const places = inputs.x === undefined ? [inputs.a!, inputs.b!] : [inputs.x]
    const ranks = places.map((place) => graph.valueOf(place).shape.length)
    const operands = places.map((place) => {
      const isPerChannel = graph.valueOf(place).values !== null && graph.valueOf(place).values!.length > 1 && Math.max(...ranks) === 4
      if (!isPerChannel) return graph.nameOf(place)
      const shape = graph.tensor(`shape${output}`, [3], BigInt64Array.of(-1n, 1n, 1n))
      return graph.node({ operator: 'Reshape', inputs: [graph.nameOf(place), shape], output: `perchannel${output}` })
    })
    graph.node({ operator, inputs: operands, output: graph.nameOf(output) })
    return
  }
  switch (kernel) {
    case 'Relu6':
      graph.node({
        operator: 'Clip',
        inputs: [
          graph.nameOf(inputs.x!),
          graph.tensor(`least${output}`, [], Float32Array.of(0)),
          graph.tensor(`most${output}`, [], Float32Array.of(6)),
        ],
        output: graph.nameOf(output),
      })
      return
    case 'MaxPool':
    case 'AvgPool': {
      const { padInfo, filterHeight, filterWidth, strideHeight, strideWidth } = poolOf(graph.valueOf(inputs.x!).shape, attributes)
      graph.node({
        operator: kernel === 'MaxPool' ? 'MaxPool' : 'AveragePool',
        inputs: [graph.nameOf(inputs.x!)],
        output: graph.nameOf(output),
        attributes: {
          kernel_shape: [filterHeight, filterWidth],
          strides: [strideHeight, strideWidth],
          pads: [padInfo.top, padInfo.left, padInfo.bottom, padInfo.right],
        },
      })
      return
    }
    case 'Mean':
      mean(step, graph)
      return
    case 'Reshape':
      reshape(step, graph)
      return
    default:
      throw new Error(`it uses ${kernel} in a way that is not known here`)
  }
}

function mean({ inputs, attributes, output }: PlainStep, graph: Graph): void {
  const rank = graph.valueOf(inputs.x!).shape.length
  if (rank !== 4 || axesOf(attributes.axis, rank).join() !== '1,2') throw new Error('it takes a mean over other axes than the pixels')
  const isFlat = attributes.keepDims !== true
  const pooled = isFlat ? `pooled${output}` : graph.nameOf(output)
  graph.node({ operator: 'GlobalAveragePool', inputs: [graph.nameOf(inputs.x!)], output: pooled })
  if (isFlat) graph.node({ operator: 'Flatten', inputs: [pooled], output: graph.nameOf(output) })
}

/** Features to one pixel, or images to one row each, in TensorFlow.js's order of the numbers. */
function reshape({ inputs, output }: PlainStep, graph: Graph): void {
  const from = graph.valueOf(inputs.x!).shape
  const to = graph.valueOf(output).shape
  let name = graph.nameOf(inputs.x!)
  const isOnePixel = to.length === 4 && to[1] === 1 && to[2] === 1
  if (from.length === 2 && isOnePixel) {
    const shape = graph.tensor(`shape${output}`, [4], BigInt64Array.of(0n, -1n, 1n, 1n))
    graph.node({ operator: 'Reshape', inputs: [name, shape], output: graph.nameOf(output) })
  } else if (from.length === 4 && to.length === 2 && from[0] === to[0]) {
    const isSameOrder = from[3] === 1 || (from[1] === 1 && from[2] === 1)
    if (!isSameOrder)
      name = graph.node({ operator: 'Transpose', inputs: [name], output: `pixels${output}`, attributes: { perm: [0, 2, 3, 1] } })
    graph.node({ operator: 'Flatten', inputs: [name], output: graph.nameOf(output) })
  } else throw new Error(`it turns [${from.join(', ')}] into [${to.join(', ')}]`)
}
