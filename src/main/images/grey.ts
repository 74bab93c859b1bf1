import sharp from 'sharp'
import { AppError } from '@shared/science/errors'

const third = 1 / 3
/** The mean of the channels, as Walmsley et al. take it; sharp's own greyscale weighs them by luminance. */
const CHANNEL_MEAN: [[number, number, number], [number, number, number], [number, number, number]] = [
  [third, third, third],
  [third, third, third],
  [third, third, third],
]

/**
 * The image as a network's pipeline stores it: its central square, resized to [sizePx, sizePx], grey by the channel mean, 0..255.
 * Throws `image/unreadable` with the galaxy's id and the path when the file is missing, truncated or no image.
 */
export async function readGrey(path: string, galaxyId: string, sizePx: number): Promise<Uint8Array> {
  try {
    const { data } = await sharp(path, { failOn: 'truncated' })
      .flatten({ background: '#000' })
      .toColourspace('srgb')
      .resize(sizePx, sizePx, { fit: 'cover' })
      .recomb(CHANNEL_MEAN)
      .extractChannel(0)
      .raw()
      .toBuffer({ resolveWithObject: true })
    return new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new AppError(
      'image/unreadable',
      `The image of galaxy ${galaxyId} cannot be read (${path}): ${reason}. Restore the file or import it again.`,
      { cause: error },
    )
  }
}
