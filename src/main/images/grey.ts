import { readFile } from 'node:fs/promises'
import { AppError } from '@shared/science/errors'
import { isFitsName } from './fits/read-fits'
import { openPicture } from './picture'

/**
 * The image as a network's pipeline stores it: its central square, resized to [sizePx, sizePx], grey by the channel mean, 0..255. A FITS image is
 * made a picture first: [Note: FITS as a picture].
 * Throws `image/unreadable` with the galaxy's id and the path when the file is missing, truncated or no image.
 */
export async function readGrey(path: string, galaxyId: string, sizePx: number): Promise<Uint8Array> {
  return (await readGreyAndFile(path, galaxyId, sizePx)).grey
}

/** The same, with the bytes of the file that it was made from. */
export function readGreyAndFile(path: string, galaxyId: string, sizePx: number): Promise<{ grey: Uint8Array; file: Uint8Array }> {
  const read = () => readBoth(path, galaxyId, sizePx)
  return isFitsName(path) ? inTurn(read) : read()
}

/** FITS files hold whole fields at times: a training reads dozens of images ahead, which must not all be in memory. */
const MOST_OPEN = 4
let open = 0
const turns: (() => void)[] = []

async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  if (open < MOST_OPEN) open++
  else await new Promise<void>((resolve) => turns.push(resolve))
  try {
    return await work()
  } finally {
    // The place goes to the next one, if there is one.
    const next = turns.shift()
    if (next) next()
    else open--
  }
}

async function readBoth(path: string, galaxyId: string, sizePx: number): Promise<{ grey: Uint8Array; file: Uint8Array }> {
  try {
    const file = await readFile(path)
    const picture = await openPicture(file)
    const { data, info } = await picture
      .autoOrient()
      .flatten({ background: '#000' })
      .toColourspace('srgb')
      .resize(sizePx, sizePx, { fit: 'cover' })
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true })
    return { grey: channelMean(data, info.channels), file }
  } catch (error) {
    // libvips says it in several lines.
    const reason = (error instanceof Error ? error.message : String(error)).replace(/\s+/g, ' ').trim()
    throw new AppError(
      'image/unreadable',
      `The image of galaxy ${galaxyId} cannot be read (${path}): ${reason}. Restore the file or import it again.`,
      { cause: error },
    )
  }
}

/**
 * The mean of the channels, as Walmsley et al. take it, to the nearest whole number. sharp's own greyscale weighs the channels by
 * luminance, and its `recomb` cuts the fraction off: a third of a grey level too dark on average.
 */
function channelMean(pixels: Uint8Array, channels: number): Uint8Array {
  const grey = new Uint8Array(pixels.length / channels)
  if (channels === 3) {
    // The nearest whole number to a third of a whole number; written out, it takes a fifth of the time of the loop below.
    for (let i = 0, at = 0; i < grey.length; i++, at += 3) grey[i] = ((pixels[at]! + pixels[at + 1]! + pixels[at + 2]! + 1) / 3) | 0
    return grey
  }
  for (let i = 0; i < grey.length; i++) {
    let sum = 0
    for (let channel = 0; channel < channels; channel++) sum += pixels[i * channels + channel]!
    grey[i] = Math.round(sum / channels)
  }
  return grey
}
