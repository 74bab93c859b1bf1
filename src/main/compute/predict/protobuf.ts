/** The wire format of Protocol Buffers, as far as ONNX files need it. Source: protobuf.dev/programming-guides/encoding. */

export function bytesField(field: number, bytes: Uint8Array): Buffer {
  return Buffer.concat([varint(field * 8 + 2), varint(bytes.length), bytes])
}

export function textField(field: number, text: string): Buffer {
  return bytesField(field, Buffer.from(text, 'utf8'))
}

/** A message inside a message: its fields in any order. */
export function messageField(field: number, fields: readonly Buffer[]): Buffer {
  const length = fields.reduce((sum, { length: bytes }) => sum + bytes, 0)
  return Buffer.concat([varint(field * 8 + 2), varint(length), ...fields])
}

/** A whole number from 0 on. */
export function numberField(field: number, value: number): Buffer {
  return Buffer.concat([varint(field * 8), varint(value)])
}

function varint(value: number): Buffer {
  const bytes: number[] = []
  let rest = value
  while (rest > 127) {
    bytes.push((rest % 128) + 128)
    rest = Math.floor(rest / 128)
  }
  return Buffer.from([...bytes, rest])
}

/** The fields of a message that hold bytes, texts or messages, up to the first that is not whole; numbers are passed over. */
export function* readFields(message: Uint8Array): Generator<{ field: number; bytes: Uint8Array }> {
  let at = 0
  const read = (): number => {
    let value = 0
    for (let scale = 1; at < message.length; scale *= 128) {
      const byte = message[at++]!
      value += (byte % 128) * scale
      if (byte < 128) return value
    }
    return NaN
  }
  while (at < message.length) {
    const key = read()
    const length = read()
    if (key % 8 === 0 && !Number.isNaN(length)) continue
    if (key % 8 !== 2 || !(at + length <= message.length)) return
    yield { field: Math.floor(key / 8), bytes: message.subarray(at, at + length) }
    at += length
  }
}
