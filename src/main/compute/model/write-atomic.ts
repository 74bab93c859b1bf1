import { open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'

/** Writes a file so that after a crash at any moment `path` holds either the old content or the whole new one. The folder must exist. */
export async function writeAtomic(path: string, bytes: Uint8Array): Promise<void> {
  // Always the same name: what a killed process left is overwritten by the next write.
  const temporary = `${path}.tmp`
  try {
    const file = await open(temporary, 'w')
    try {
      await file.writeFile(bytes)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(temporary, path)
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
  // The new name itself must reach the disk; Windows cannot open a folder and does not need it.
  if (process.platform === 'win32') return
  const folder = await open(dirname(path), 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}
