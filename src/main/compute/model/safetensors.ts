/**
 * Reads and writes safetensors: 8 bytes with the length of a JSON header, the header, then the values, little-endian. Nothing in such a
 * file is ever executed. Format: https://huggingface.co/docs/safetensors
 */
import { z } from 'zod'
import { AppError } from '@shared/science/errors'
import { fromFloat16, toFloat16 } from './float16'

export type NamedArray = { shape: readonly number[]; values: Float32Array }
export type TensorFile = { tensors: Map<string, NamedArray>; metadata: Record<string, string> }
export type Precision = 'float32' | 'float16'

const LENGTH_BYTES = 8
const METADATA = '__metadata__'
const bytesOf = { F32: 4, F16: 2 } as const

const entrySchema = z.object({
  dtype: z.enum(['F32', 'F16']),
  shape: z.array(z.number().int().nonnegative()),
  data_offsets: z.tuple([z.number().int().nonnegative(), z.number().int().nonnegative()]),
})
const headerSchema = z.record(z.string(), z.unknown())
const metadataSchema = z.record(z.string(), z.string())

/** The bytes of a file with these tensors, in the order of the map. */
export function encodeSafetensors({ tensors, metadata }: TensorFile, precision: Precision = 'float32'): Uint8Array {
  const header: Record<string, unknown> = { [METADATA]: metadata }
  const parts: Uint8Array[] = []
  let end = 0
  for (const [name, { shape, values }] of tensors) {
    const stored = precision === 'float16' ? toFloat16(values) : values
    header[name] = { dtype: precision === 'float16' ? 'F16' : 'F32', shape, data_offsets: [end, end + stored.byteLength] }
    parts.push(new Uint8Array(stored.buffer, stored.byteOffset, stored.byteLength))
    end += stored.byteLength
  }
  const json = JSON.stringify(header)
  // Readers that map the file want the values on a multiple of 8 bytes; the format allows spaces after the header.
  const headerBytes = new TextEncoder().encode(json)
  const padded = Math.ceil(headerBytes.length / LENGTH_BYTES) * LENGTH_BYTES
  const bytes = new Uint8Array(LENGTH_BYTES + padded + end).fill(0x20, LENGTH_BYTES, LENGTH_BYTES + padded)
  new DataView(bytes.buffer).setBigUint64(0, BigInt(padded), true)
  bytes.set(headerBytes, LENGTH_BYTES)
  let position = LENGTH_BYTES + padded
  for (const part of parts) {
    bytes.set(part, position)
    position += part.length
  }
  return bytes
}

/** Half-precision values become floats. `path` names the file in errors. Errors: `weights/damaged`, `weights/unsupported`. */
export function decodeSafetensors(file: Uint8Array, path: string): TensorFile {
  // What Node reads is a Buffer, whose `slice` does not copy.
  const bytes = new Uint8Array(file.buffer, file.byteOffset, file.byteLength)
  const damaged = (what: string, cause?: unknown) =>
    new AppError('weights/damaged', `${path} is not a whole safetensors file: ${what}. Copy or make it again.`, { cause })
  if (bytes.length < LENGTH_BYTES) throw damaged(`it has ${bytes.length} bytes`)
  const headerLength = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true)
  if (headerLength > BigInt(bytes.length - LENGTH_BYTES)) throw damaged('its header is longer than the file')
  const dataStart = LENGTH_BYTES + Number(headerLength)
  const header = parseHeader(bytes.subarray(LENGTH_BYTES, dataStart), damaged)
  const data = bytes.subarray(dataStart)
  const tensors = new Map<string, NamedArray>()
  let metadata: Record<string, string> = {}
  let used = 0
  for (const [name, value] of Object.entries(header)) {
    if (name === METADATA) {
      const parsed = metadataSchema.safeParse(value)
      if (!parsed.success) throw damaged('its metadata are not texts', parsed.error)
      metadata = parsed.data
      continue
    }
    const parsed = entrySchema.safeParse(value)
    if (!parsed.success) {
      const dtype = (value as { dtype?: unknown } | null)?.dtype
      if (typeof dtype !== 'string' || dtype in bytesOf) throw damaged(`the entry of ${name} is malformed`, parsed.error)
      throw new AppError(
        'weights/unsupported',
        `${path}: ${name} is stored as ${dtype}; only F32 and F16 can be read. Convert the file first.`,
      )
    }
    const {
      dtype,
      shape,
      data_offsets: [start, end],
    } = parsed.data
    const count = shape.reduce((product, side) => product * side, 1)
    if (end < start || end > data.length || end - start !== count * bytesOf[dtype]) throw damaged(`${name} does not fill its place`)
    used += end - start
    tensors.set(name, { shape, values: valuesOf(new Uint8Array(data.subarray(start, end)), dtype) })
  }
  // Entries that overlap or leave gaps could hide data; the format forbids both.
  if (used !== data.length) throw damaged(`${data.length} bytes of values, ${used} of them named`)
  return { tensors, metadata }
}

function parseHeader(bytes: Uint8Array, damaged: (what: string, cause?: unknown) => AppError): Record<string, unknown> {
  try {
    return headerSchema.parse(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)))
  } catch (cause) {
    throw damaged('its header is not JSON', cause)
  }
}

function valuesOf(bytes: Uint8Array, dtype: 'F32' | 'F16'): Float32Array {
  // A fresh copy starts at offset 0 of its buffer, so it is aligned.
  return dtype === 'F32'
    ? new Float32Array(bytes.buffer, 0, bytes.length / 4)
    : fromFloat16(new Uint16Array(bytes.buffer, 0, bytes.length / 2))
}
