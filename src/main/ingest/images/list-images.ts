import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError } from '@shared/science/errors'
import { imageStem, isImageName } from './read-image'

/** An image of a folder: its path and the id that its name gives, without the ending. */
export type ListedImage = { readonly id: string; readonly path: string }

const natural = new Intl.Collator('en', { numeric: true })

/** All images of a folder and the folders in it, in natural order of their paths (`2` before `10`). Hidden files are left out. Throws `import/no-images`. */
export async function listImages(folder: string): Promise<ListedImage[]> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true }).catch((error: NodeJS.ErrnoException) => {
    throw new AppError('import/no-images', `The folder ${folder} cannot be read (${error.code}). Check the path.`, { cause: error })
  })
  const images = entries
    .filter((entry) => !entry.isDirectory() && !entry.name.startsWith('.') && isImageName(entry.name))
    .map((entry) => ({ id: imageStem(entry.name), path: join(entry.parentPath, entry.name) }))
  if (images.length === 0)
    throw new AppError('import/no-images', `The folder ${folder} holds no JPEG, PNG, WebP, TIFF or FITS images. Choose another one.`)
  return images.sort((a, b) => natural.compare(a.path, b.path))
}

/** Throws `import/no-images` unless `folder` is a folder. */
export async function requireFolder(folder: string): Promise<void> {
  await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    throw new AppError('import/no-images', `The folder of images ${folder} cannot be read (${error.code}). Check the path.`, {
      cause: error,
    })
  })
}
