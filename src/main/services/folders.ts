import { readdir, stat } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { AppError } from '@shared/science/errors'
import type { FolderListing } from '@shared/contract/requests'

/** The folders and files of one folder, folders first, for picking in a browser that has no native dialogs. Hidden entries are left out. */
export async function listFolder(path: string | undefined): Promise<FolderListing> {
  const folder = path === undefined || path === '' ? homedir() : resolve(path)
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
    const reason = error.code === 'ENOENT' ? 'does not exist' : error.code === 'ENOTDIR' ? 'is a file' : 'cannot be read'
    throw new AppError('folder/unreadable', `The folder ${folder} ${reason}. Choose another one.`, { cause: error })
  })
  const listed = await Promise.all(
    entries
      .filter((entry) => !entry.name.startsWith('.'))
      .map(async (entry) => {
        const full = join(folder, entry.name)
        const target = entry.isSymbolicLink() ? await stat(full).catch(() => null) : entry
        const isFolder = target?.isDirectory() ?? false
        const kind = !isFolder ? ('file' as const) : entry.name.endsWith('.galaxydesk') ? ('project' as const) : ('folder' as const)
        return { name: entry.name, path: full, kind }
      }),
  )
  listed.sort((a, b) => Number(a.kind === 'file') - Number(b.kind === 'file') || a.name.localeCompare(b.name, undefined, { numeric: true }))
  const parent = dirname(folder)
  return { path: folder, parent: parent === folder ? null : parent, entries: listed }
}
