/**
 * Whether an image file ends where its format says: a download that broke off decodes to a half-grey galaxy without any error.
 * JPEG: an end-of-image marker after the first scan. PNG: whole chunks up to IEND. WebP: as long as its header says. Others: true, they are not checked.
 */
export function isWholeImage(file: Buffer): boolean {
  if (file.length >= 2 && file.readUInt16BE(0) === 0xffd8) return isWholeJpeg(file)
  if (file.length >= 8 && file.readUInt32BE(0) === 0x89504e47) return isWholePng(file)
  if (file.length >= 12 && file.toString('latin1', 0, 4) === 'RIFF') return file.readUInt32LE(4) + 8 <= file.length
  return true
}

const END_OF_IMAGE = Buffer.from([0xff, 0xd9])

/** Segments are walked up to the first scan, because a thumbnail inside one has an end marker of its own. */
function isWholeJpeg(file: Buffer): boolean {
  let at = 2
  while (at + 4 <= file.length) {
    if (file[at] !== 0xff) return false
    const marker = file[at + 1]!
    if (marker === 0xff) at++
    else if (marker === 0xda) return file.indexOf(END_OF_IMAGE, at) !== -1
    else at += 2 + file.readUInt16BE(at + 2)
  }
  return false
}

function isWholePng(file: Buffer): boolean {
  let at = 8
  while (at + 12 <= file.length) {
    const end = at + 12 + file.readUInt32BE(at)
    if (file.toString('latin1', at + 4, at + 8) === 'IEND') return end <= file.length
    at = end
  }
  return false
}
