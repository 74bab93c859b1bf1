import sharp, { type Sharp } from 'sharp'
import { isFits, isFitsName } from './fits/read-fits'
import { runImageTask } from './thread/threads'

/** The picture in the content of an image file of any kind that is read, to go on with. Of a FITS file it throws what `readFits` throws. */
export async function openPicture(file: Uint8Array): Promise<Sharp> {
  return isFits(file) ? openFits(file, false) : sharp(file, { failOn: 'truncated' })
}

/** The same of a file by its path; what is no FITS is read by sharp alone. `isUrgent`: somebody waits for it. */
export async function openPictureFile(path: string, isUrgent = false): Promise<Sharp> {
  return isFitsName(path) ? openFits(path, isUrgent) : sharp(path, { failOn: 'truncated' })
}

async function openFits(file: string | Uint8Array, isUrgent: boolean): Promise<Sharp> {
  const { pixels, widthPx, heightPx, channels } = await runImageTask({ kind: 'picture', file }, isUrgent)
  return sharp(pixels, { raw: { width: widthPx, height: heightPx, channels } })
}
