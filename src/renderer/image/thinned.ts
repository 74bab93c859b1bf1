import type { CodedPlane, Planes } from './planes'

/**
 * Every `step`-th pixel of an image in both directions, from the middle of each square of `step` pixels: what is drawn while a slider moves over an
 * image that is shown smaller than it is. Values, counts and limits stay those of all pixels.
 */
export function thinned(image: Planes<CodedPlane>, step: number): Planes<CodedPlane> {
  const [widthPx, heightPx] = [Math.ceil(image.widthPx / step), Math.ceil(image.heightPx / step)]
  const thin = <T extends Uint16Array | Uint32Array>(pixels: T, kept: T): T => {
    for (let y = 0, to = 0; y < heightPx; y++) {
      const row = Math.min(image.heightPx - 1, y * step + (step >> 1)) * image.widthPx
      for (let x = 0; x < widthPx; x++, to++) kept[to] = pixels[row + Math.min(image.widthPx - 1, x * step + (step >> 1))]!
    }
    return kept
  }
  const count = widthPx * heightPx
  const shared = image.planes[0]!.codes
  // The bands of a picture lie in one array, pixel by pixel.
  const rgba = image.isPicture ? thin(new Uint32Array(shared.buffer, shared.byteOffset, shared.length / 4), new Uint32Array(count)) : null
  const codes = ({ codes: all }: CodedPlane) =>
    rgba ? new Uint8ClampedArray(rgba.buffer) : thin(all as Uint16Array, new Uint16Array(count))
  return { ...image, widthPx, heightPx, planes: image.planes.map((plane) => ({ ...plane, codes: codes(plane) })) }
}
