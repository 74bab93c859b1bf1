/** Files of the ONNX format, version 17 of its operators. Source: onnx.proto3 of github.com/onnx/onnx. */
import { bytesField, messageField, numberField, readFields, textField } from './protobuf'

export type OnnxNode = {
  operator: string
  inputs: readonly string[]
  output: string
  attributes?: Readonly<Record<string, number | readonly number[]>>
}
/** float32, or int64 for whole numbers that an operator wants as a tensor. */
export type OnnxTensor = { name: string; shape: readonly number[]; values: Float32Array | BigInt64Array }
/** A name in place of a side means that it may have any length. */
export type OnnxPort = { name: string; shape: readonly (number | string)[] }
export type OnnxModel = {
  metadata: Readonly<Record<string, string>>
  nodes: readonly OnnxNode[]
  tensors: readonly OnnxTensor[]
  input: OnnxPort
  output: OnnxPort
}

const IR_VERSION = 8
const OPERATORS_VERSION = 17
const FLOAT = 1
const INT64 = 7
const METADATA_FIELD = 14

/** The metadata comes first, so that it can be read without the weights. */
export function encodeOnnx({ metadata, nodes, tensors, input, output }: OnnxModel): Buffer {
  return Buffer.concat([
    ...Object.entries(metadata).map(([key, value]) => messageField(METADATA_FIELD, [textField(1, key), textField(2, value)])),
    numberField(1, IR_VERSION),
    textField(2, 'galaxy-desk'),
    messageField(8, [textField(1, ''), numberField(2, OPERATORS_VERSION)]),
    messageField(7, [
      ...nodes.map((node) => messageField(1, nodeFields(node))),
      textField(2, 'encoder'),
      ...tensors.map((tensor) => messageField(5, tensorFields(tensor))),
      messageField(11, portFields(input)),
      messageField(12, portFields(output)),
    ]),
  ])
}

/** The metadata of a file from its first bytes; empty when it is no such file. */
export function readOnnxMetadata(start: Uint8Array): Record<string, string> {
  const metadata: Record<string, string> = {}
  for (const { field, bytes } of readFields(start)) {
    if (field !== METADATA_FIELD) break
    const entry = new Map([...readFields(bytes)].map(({ field: part, bytes: text }) => [part, Buffer.from(text).toString('utf8')]))
    metadata[entry.get(1) ?? ''] = entry.get(2) ?? ''
  }
  return metadata
}

function nodeFields({ operator, inputs, output, attributes = {} }: OnnxNode): Buffer[] {
  return [
    ...inputs.map((name) => textField(1, name)),
    textField(2, output),
    textField(3, `${operator} ${output}`),
    textField(4, operator),
    ...Object.entries(attributes).map(([name, value]) => messageField(5, [textField(1, name), ...attributeFields(value)])),
  ]
}

function attributeFields(value: number | readonly number[]): Buffer[] {
  return typeof value === 'number'
    ? [numberField(3, value), numberField(20, 2)]
    : [...value.map((one) => numberField(8, one)), numberField(20, 7)]
}

function tensorFields({ name, shape, values }: OnnxTensor): Buffer[] {
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
  const type = values instanceof Float32Array ? FLOAT : INT64
  return [...shape.map((side) => numberField(1, side)), numberField(2, type), textField(8, name), bytesField(9, bytes)]
}

function portFields({ name, shape }: OnnxPort): Buffer[] {
  const sides = shape.map((side) => messageField(1, [typeof side === 'string' ? textField(2, side) : numberField(1, side)]))
  return [textField(1, name), messageField(2, [messageField(1, [numberField(1, FLOAT), messageField(2, sides)])])]
}
