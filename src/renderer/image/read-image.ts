import { unpackPixels } from '@shared/contract/image'
import type { ReadImage } from './pixel-messages'
import { bandName, planesOfPicture, planesOfValues, type CodedPlane, type Planes } from './planes'

type Read = { readonly coded: Planes<CodedPlane>; readonly found: ReadImage }

/** The real values of an image behind the address of its pixels; null where the file has no more than the picture shows. Throws a plain error. */
export async function readValues(address: string): Promise<Read | null> {
  const response = await fetch(address, { credentials: 'same-origin' })
  if (response.status === 204) return null
  if (!response.ok) throw new Error(`${response.status}`)
  const { header, bands } = unpackPixels(await response.arrayBuffer())
  const { widthPx, heightPx, noValue, bandNames } = header
  const named = bands.map((values, i) => ({ name: bandName(bandNames, i, bands.length), values, start: 0, step: 1 }))
  return read(planesOfValues(header, bands), { widthPx, heightPx, noValue, bands: named })
}

/** Red, green and blue of the picture behind an address. Throws a plain error. */
export async function readPicture(address: string): Promise<Read> {
  const response = await fetch(address, { credentials: 'same-origin' })
  if (!response.ok) throw new Error(`${response.status}`)
  const bitmap = await createImageBitmap(await response.blob())
  const { width: widthPx, height: heightPx } = bitmap
  const context = new OffscreenCanvas(widthPx, heightPx).getContext('2d', { willReadFrequently: true })
  if (!context) throw new Error('no canvas')
  context.drawImage(bitmap, 0, 0)
  bitmap.close()
  const rgba = context.getImageData(0, 0, widthPx, heightPx).data
  // The other side gets a copy of its own.
  const values = rgba.slice()
  const bands = ['R', 'G', 'B'].map((name, start) => ({ name, values, start, step: 4 }))
  return read(planesOfPicture(rgba, widthPx, heightPx), { widthPx, heightPx, noValue: 'NaN', bands })
}

/** The codes stay here. */
function read(coded: Planes<CodedPlane>, told: ReadImage['told']): Read {
  const planes = coded.planes.map(({ name, values, counts, limits }) => ({ name, values, counts, limits }))
  return { coded, found: { planes: { ...coded, planes }, told } }
}
