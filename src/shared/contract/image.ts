/**
 * What comes to the window of an image beyond the picture itself: its real values, and what its file says of it.
 *
 * [Note: Pixel block] Four bytes: the length of the header, little-endian; the header as JSON, filled up with spaces to a multiple of four bytes;
 * then the bands one after the other, each [height · width] float32, little-endian, rows from the top down, NaN where there is no value;
 * infinities are those of the file.
 */
import { z } from 'zod'
import { projections } from '@shared/science/sky/wcs'

export const pixelHeaderSchema = z.object({
  widthPx: z.number().int().positive(),
  heightPx: z.number().int().positive(),
  bands: z.number().int().positive(),
  /** As the file names them, blue to red or as its writer liked; null where it does not. */
  bandNames: z.array(z.string()).nullable(),
  /** The values that the kind of file can hold, where that is a range to show: of 16 bits 0..65535. Null for measured values. */
  fullRange: z.tuple([z.number(), z.number()]).nullable(),
  /** What NaN stands for: itself, or the BLANK of whole numbers. */
  noValue: z.enum(['NaN', 'blank']),
})
export type PixelHeader = z.infer<typeof pixelHeaderSchema>

const pair = z.tuple([z.number(), z.number()]).readonly()
const terms = z.array(z.tuple([z.number(), z.number(), z.number()]).readonly()).readonly()

/** See `Wcs`. */
const wcsSchema = z.object({
  projection: z.enum(projections),
  referencePx: pair,
  referenceDeg: pair,
  degPerPx: z.tuple([z.number(), z.number(), z.number(), z.number()]).readonly(),
  poleDeg: z.number(),
  distortion: z.object({ x: terms, y: terms }).nullable(),
  axes: z.enum(['equatorial', 'galactic']),
  frame: z.string(),
})

/**
 * What the file of an image says of itself. `wcs`: where its pixels lie on the sky, null where that is not known. `hasValues`: it holds more than the
 * picture shows, and it can be read. `description`, for people: the kind of file, of number and of bands, and what is not read of it.
 */
export const imageFactsSchema = z.object({ wcs: wcsSchema.nullable(), hasValues: z.boolean(), description: z.string() })
export type ImageFacts = z.infer<typeof imageFactsSchema>

/** What the type of an answer is that holds a pixel block, and no image file. */
export const PIXEL_BLOCK_TYPE = 'application/octet-stream'

/** Writes a pixel block ([Note: Pixel block]). Runs on little-endian machines, as all that Electron runs on. */
export function packPixels(header: PixelHeader, bands: readonly Float32Array[]): Uint8Array<ArrayBuffer> {
  const text = new TextEncoder().encode(JSON.stringify(header))
  const start = 4 + Math.ceil(text.length / 4) * 4
  const block = new Uint8Array(start + bands.reduce((sum, band) => sum + band.byteLength, 0)).fill(32, 4, start)
  new DataView(block.buffer).setUint32(0, start - 4, true)
  block.set(text, 4)
  let at = start
  for (const band of bands) {
    block.set(new Uint8Array(band.buffer, band.byteOffset, band.byteLength), at)
    at += band.byteLength
  }
  return block
}

/** Reads a pixel block; the bands share its memory. Throws a plain error for anything that is none, or is cut off. */
export function unpackPixels(block: ArrayBuffer): { header: PixelHeader; bands: Float32Array<ArrayBuffer>[] } {
  if (block.byteLength < 4) throw new Error('a pixel block without a header')
  const length = new DataView(block).getUint32(0, true)
  if (4 + length > block.byteLength) throw new Error('a pixel block that ends in its header')
  const header = pixelHeaderSchema.parse(JSON.parse(new TextDecoder().decode(new Uint8Array(block, 4, length))))
  const count = header.widthPx * header.heightPx
  if (block.byteLength !== 4 + length + 4 * count * header.bands) throw new Error('a pixel block of another length than its header says')
  return { header, bands: Array.from({ length: header.bands }, (_, band) => new Float32Array(block, 4 + length + 4 * count * band, count)) }
}
