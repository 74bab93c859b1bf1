import { describe, expect, test } from 'vitest'
import { fromFloat16, toFloat16 } from '@main/compute/model/float16'
import { decodeSafetensors, encodeSafetensors, type TensorFile } from '@main/compute/model/safetensors'

const file: TensorFile = {
  tensors: new Map([
    ['a/kernel', { shape: [2, 3], values: Float32Array.of(1, -2, 3.25, 1e-30, 65504, 0) }],
    ['b', { shape: [], values: Float32Array.of(0.1) }],
    ['empty', { shape: [0, 4], values: new Float32Array(0) }],
  ]),
  metadata: { note: 'naïve' },
}

/** A file with this header text and this many bytes of values. */
function withHeader(header: string, dataBytes: number): Uint8Array {
  const text = new TextEncoder().encode(header)
  const bytes = new Uint8Array(8 + text.length + dataBytes)
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true)
  bytes.set(text, 8)
  return bytes
}

describe('safetensors', () => {
  test('what is written is read again, shapes, names, order and metadata', () => {
    const read = decodeSafetensors(encodeSafetensors(file), 'x.safetensors')
    expect(read).toEqual(file)
    expect([...read.tensors.keys()]).toEqual(['a/kernel', 'b', 'empty'])
  })

  test('values are little-endian float32, on a multiple of 8 bytes, as other readers expect', () => {
    const bytes = encodeSafetensors({ tensors: new Map([['w', { shape: [1], values: Float32Array.of(1) }]]), metadata: {} })
    expect(bytes.length % 4).toBe(0)
    expect((bytes.length - 4) % 8).toBe(0)
    expect(Array.from(bytes.slice(-4))).toEqual([0, 0, 0x80, 0x3f])
  })

  test('a file that does not begin at the start of its buffer is read too', () => {
    const bytes = encodeSafetensors(file)
    const shifted = new Uint8Array(bytes.length + 3)
    shifted.set(bytes, 3)
    expect(decodeSafetensors(shifted.subarray(3), 'x')).toEqual(file)
  })

  test('half precision is half as large and exact to 11 bits, below 2^-14 to 2^-25', () => {
    const values = Float32Array.from({ length: 1000 }, (_, i) => Math.sin(i))
    const one = (precision: 'float32' | 'float16') =>
      encodeSafetensors({ tensors: new Map([['w', { shape: [1000], values }]]), metadata: {} }, precision)
    expect(one('float32').length - one('float16').length).toBe(2000)
    const read = decodeSafetensors(one('float16'), 'x').tensors.get('w')!.values
    read.forEach((value, i) =>
      expect(Math.abs(value - values[i]!)).toBeLessThanOrEqual(Math.max(Math.abs(values[i]!) * 2 ** -11, 2 ** -25)),
    )
  })

  test.each([
    ['shorter than a header length', new Uint8Array(5)],
    ['cut off', encodeSafetensors(file).slice(0, -1)],
    ['longer than its header says', new Uint8Array([...encodeSafetensors(file), 0])],
    ['a header longer than the file', Uint8Array.of(255, 255, 255, 255, 255, 255, 255, 255, 1)],
    ['a header that is not JSON', withHeader('{"w":', 0)],
    ['a header that is a list', withHeader('[1]', 0)],
    ['bytes that are not UTF-8', withHeader('{"\xff"}', 0).map((byte) => (byte === 0xc3 ? 0xff : byte))],
    ['an entry without a place', withHeader('{"w":{"dtype":"F32","shape":[1]}}', 4)],
    ['a place before the start', withHeader('{"w":{"dtype":"F32","shape":[1],"data_offsets":[-4,0]}}', 4)],
    ['a place beyond the end', withHeader('{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}', 4)],
    ['a shape that is not its size', withHeader('{"w":{"dtype":"F32","shape":[3],"data_offsets":[0,4]}}', 4)],
    [
      'a shape whose product is beyond all numbers',
      withHeader('{"w":{"dtype":"F32","shape":[9007199254740991,9007199254740991],"data_offsets":[0,4]}}', 4),
    ],
    ['metadata that are not texts', withHeader('{"__metadata__":{"a":1}}', 0)],
  ])('a damaged file is refused with its name: %s', (_, bytes) => {
    expect(() => decodeSafetensors(bytes, 'model.safetensors')).toThrow(
      expect.objectContaining({
        code: 'weights/damaged',
        message: expect.stringMatching(/^model\.safetensors is not a whole safetensors file: /),
      }),
    )
  })

  test('a type of number that is not read is named', () => {
    const bytes = withHeader('{"w":{"dtype":"BF16","shape":[2],"data_offsets":[0,4]}}', 4)
    expect(() => decodeSafetensors(bytes, 'm')).toThrow(
      expect.objectContaining({ code: 'weights/unsupported', message: expect.stringContaining('BF16') }),
    )
  })
})

describe('half precision', () => {
  test('every half but NaN comes back from its float', () => {
    const halves = Uint16Array.from({ length: 65536 }, (_, i) => i).filter((half) => (half & 0x7fff) <= 0x7c00)
    expect(toFloat16(fromFloat16(halves))).toEqual(halves)
  })

  test.each([
    [1, 0x3c00],
    [-2, 0xc000],
    [65504, 0x7bff],
    [65519, 0x7bff],
    [65520, 0x7c00],
    [-Infinity, 0xfc00],
    [2 ** -24, 0x0001],
    [2 ** -25, 0x0000],
    [1.5 * 2 ** -24, 0x0002],
    [1 + 2 ** -11, 0x3c00],
    [1 + 3 * 2 ** -11, 0x3c02],
  ])('%d is 0x%i, ties to even', (value, half) => {
    expect(toFloat16(Float32Array.of(value))[0]).toBe(half)
  })

  test('NaN stays NaN', () => {
    expect(fromFloat16(toFloat16(Float32Array.of(NaN)))[0]).toBeNaN()
  })
})
