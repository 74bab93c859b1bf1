/** Writes plain TIFF files of any kind of number (TIFF 6.0): one strip, little-endian, the samples of a pixel together. */
export function tiffFile(
  widthPx: number,
  heightPx: number,
  channels: 1 | 3,
  format: 'whole' | 'signed' | 'real',
  bits: number,
  data: ArrayBufferView,
): Buffer {
  const SHORT = 3
  const LONG = 4
  const short = (tag: number, value: number, count = 1) => ({ tag, type: SHORT, values: Array<number>(count).fill(value) })
  const long = (tag: number, value: number) => ({ tag, type: LONG, values: [value] })
  const strip = { tag: 273, type: LONG, values: [0] }
  const entries = [
    long(256, widthPx),
    long(257, heightPx),
    short(258, bits, channels),
    short(259, 1),
    short(262, channels === 3 ? 2 : 1),
    strip,
    short(277, channels),
    long(278, heightPx),
    long(279, data.byteLength),
    short(339, { whole: 1, signed: 2, real: 3 }[format], channels),
  ]
  const headBytes = 8 + 2 + 12 * entries.length + 4
  // Three shorts do not fit into an entry: they stand behind the entries.
  const dataAt = headBytes + 16
  strip.values = [dataAt]
  const file = Buffer.alloc(dataAt + data.byteLength)
  file.write('II*\0', 0, 'latin1')
  file.writeUInt32LE(8, 4)
  file.writeUInt16LE(entries.length, 8)
  let extraAt = headBytes
  entries.forEach(({ tag, type, values }, i) => {
    const at = 10 + 12 * i
    file.writeUInt16LE(tag, at)
    file.writeUInt16LE(type, at + 2)
    file.writeUInt32LE(values.length, at + 4)
    const isFar = values.length > 2
    if (isFar) file.writeUInt32LE(extraAt, at + 8)
    values.forEach((value, n) => {
      const to = (isFar ? extraAt : at + 8) + (type === SHORT ? 2 : 4) * n
      if (type === SHORT) file.writeUInt16LE(value, to)
      else file.writeUInt32LE(value, to)
    })
    if (isFar) extraAt += 2 * values.length
  })
  Buffer.from(data.buffer, data.byteOffset, data.byteLength).copy(file, dataAt)
  return file
}
