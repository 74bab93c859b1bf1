import { readFile } from 'node:fs/promises'
import sharp, { type Sharp } from 'sharp'
import { isFits, isFitsName, readFits } from './fits/read-fits'
import { renderFits } from './fits/render'

/** The picture in the content of an image file of any kind that is read, to go on with. Of a FITS file it throws what `readFits` throws. */
export function openPicture(file: Uint8Array): Sharp {
  if (!isFits(file)) return sharp(file, { failOn: 'truncated' })
  const image = readFits(file)
  const { pixels, channels } = renderFits(image)
  return sharp(pixels, { raw: { width: image.widthPx, height: image.heightPx, channels } })
}

/** The same of a file by its path; what is no FITS is read by sharp alone. */
export async function openPictureFile(path: string): Promise<Sharp> {
  return isFitsName(path) ? openPicture(await readFile(path)) : sharp(path, { failOn: 'truncated' })
}
