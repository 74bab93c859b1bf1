import type { Attributes, TracedNode, TracedValue } from './recorder'
import type { TracedGraph } from './trace'

/** A step of the graph that will run: a product with weights (a convolution or a matrix) and its bias, or anything else as it was traced. */
export type Step = WeightedStep | PlainStep
export type WeightedStep = {
  kind: 'weighted'
  kernel: 'Conv2D' | 'DepthwiseConv2dNative' | 'BatchMatMul'
  x: number
  /** As TensorFlow.js has them, [h, w, in, out], [h, w, in, per channel] or [in, out]. */
  weights: { shape: number[]; values: Float32Array }
  bias_C: Float32Array
  attributes: Attributes
  output: number
}
export type PlainStep = { kind: 'plain'; kernel: string; inputs: Readonly<Record<string, number>>; attributes: Attributes; output: number }

/**
 * The graph with batch norm with its moving statistics, and the biases, folded into the weights before them; what does nothing is left out.
 * `values[i]` has the shape of value i, and its numbers where they are known.
 */
export function foldGraph(traced: TracedGraph): { values: TracedValue[]; steps: Step[]; output: number } {
  const graph = withoutCopies(traced)
  const values = [...graph.values]
  const steps: Step[] = []
  const standsFor = new Map<number, number>()
  const now = (place: number) => standsFor.get(place) ?? place
  const uses = usesOf(graph)
  /** The weighted step that gives this value, if nothing else reads it: then it may be changed. */
  const openStep = (place: number): WeightedStep | null => {
    const step = steps.find((candidate) => candidate.output === now(place))
    return step?.kind === 'weighted' && uses.get(place) === 1 ? step : null
  }

  for (const { kernel, inputs, attributes, output } of graph.nodes) {
    const known = (name: string) => values[now(inputs[name]!)]!.values
    if (kernel === 'Reshape' && known('x') !== null) {
      values[output] = { shape: values[output]!.shape, values: known('x') }
    } else if (isWeighted(kernel) && known(weightsName(kernel)) !== null && attributes.transposeB !== true) {
      const weights = values[now(inputs[weightsName(kernel)]!)]!
      const channels = values[output]!.shape.at(-1)!
      steps.push({
        kind: 'weighted',
        kernel,
        x: now(inputs[kernel === 'BatchMatMul' ? 'a' : 'x']!),
        weights: { shape: weights.shape, values: weights.values! },
        bias_C: new Float32Array(channels),
        attributes,
        output,
      })
    } else {
      const change = changeOf(kernel, inputs, attributes, (place) => values[now(place)]!)
      const step = change === null ? null : openStep(change.x)
      if (change !== null && step !== null) {
        apply(change, step)
        standsFor.set(output, step.output)
      } else {
        steps.push({ kind: 'plain', kernel, inputs: mapValues(inputs, now), attributes, output })
      }
    }
  }
  return { values, steps, output: now(graph.output) }
}

const isWeighted = (kernel: string): kernel is WeightedStep['kernel'] =>
  kernel === 'Conv2D' || kernel === 'DepthwiseConv2dNative' || kernel === 'BatchMatMul'
const weightsName = (kernel: WeightedStep['kernel']) => (kernel === 'BatchMatMul' ? 'b' : 'filter')

/** scale · x + shift for each channel; null is 1 or 0 everywhere. */
type Change = { x: number; scale_C: Float64Array | null; shift_C: Float64Array }

function changeOf(
  kernel: string,
  inputs: Readonly<Record<string, number>>,
  { varianceEpsilon }: Attributes,
  valueOf: (place: number) => TracedValue,
): Change | null {
  if (kernel === 'FusedBatchNorm') {
    const [mean, variance, scale, offset] = ['mean', 'variance', 'scale', 'offset'].map((name) =>
      inputs[name] === undefined ? null : valueOf(inputs[name]).values,
    )
    if (!mean || !variance || scale === null || offset === null) return null
    // In double precision: the exported weights are rounded once.
    const scale_C = Float64Array.from(variance, (value, c) => (scale?.[c] ?? 1) / Math.sqrt(value + (varianceEpsilon as number)))
    return { x: inputs.x!, scale_C, shift_C: Float64Array.from(mean, (value, c) => (offset?.[c] ?? 0) - value * scale_C[c]!) }
  }
  if (kernel !== 'Add') return null
  const [x, bias] = valueOf(inputs.b!).values === null ? [inputs.b!, inputs.a!] : [inputs.a!, inputs.b!]
  const channels = valueOf(x).shape.at(-1)!
  const { values, shape } = valueOf(bias)
  if (values === null || values.length !== channels || shape.at(-1) !== channels) return null
  return { x, scale_C: null, shift_C: Float64Array.from(values) }
}

function apply({ scale_C, shift_C }: Change, step: WeightedStep): void {
  const { shape, values } = step.weights
  const channels = shift_C.length
  // The output channel is the last axis but for one filter per channel, [h, w, in, 1], where that is the one before: flat it is the same.
  if (scale_C !== null) step.weights = { shape, values: values.map((value, i) => value * scale_C[i % channels]!) }
  step.bias_C = step.bias_C.map((value, c) => value * (scale_C?.[c] ?? 1) + shift_C[c]!)
}

/** A copy of a tensor is the tensor itself here, so that its readers count as the tensor's. */
function withoutCopies({ nodes, output, ...rest }: TracedGraph): TracedGraph {
  const copied = new Map<number, number>()
  const original = (place: number) => copied.get(place) ?? place
  const others: TracedNode[] = []
  for (const node of nodes) {
    const inputs = mapValues(node.inputs, original)
    const isSameShape = () => rest.values[inputs.x!]!.shape.join() === rest.values[node.output]!.shape.join()
    if (node.kernel === 'Identity' || (node.kernel === 'Reshape' && isSameShape())) copied.set(node.output, inputs.x!)
    else others.push({ ...node, inputs })
  }
  return { ...rest, nodes: others, output: original(output) }
}

function usesOf({ nodes, output }: TracedGraph): Map<number, number> {
  const uses = new Map<number, number>([[output, 1]])
  for (const { inputs } of nodes) for (const place of Object.values(inputs)) uses.set(place, (uses.get(place) ?? 0) + 1)
  return uses
}

function mapValues(inputs: Readonly<Record<string, number>>, change: (place: number) => number): Record<string, number> {
  return Object.fromEntries(Object.entries(inputs).map(([name, place]) => [name, change(place)]))
}
