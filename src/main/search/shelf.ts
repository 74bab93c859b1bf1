import { createHash, randomUUID } from 'node:crypto'
import { accessSync, closeSync, constants, fstatSync, openSync, readSync } from 'node:fs'
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'

/**
 * [Note: The shelf] What takes seconds to read from the catalogue lies as plain arrays in files of the project's folder `search`, from where the next
 * start of the program has it in milliseconds, and a single column without the others. The catalogue stays the only place where anything is kept:
 * a file counts only with the very stamp that the catalogue would give it now and in its whole length, and the folder may be deleted at any time.
 * Where it cannot be written everything is read from the catalogue, as it is the first time.
 */
export type Shelf = {
  /** The arrays of these names, all of them for `null`, with what was written beside them; null where there is nothing of this stamp. */
  read: (name: string, stamp: string, wanted: readonly string[] | null) => Shelved | null
  /** Puts arrays on the shelf, in place of those of another stamp. Never fails: what could not be written is not there. */
  write: (name: string, stamp: string, facts: unknown, arrays: Readonly<Record<string, ShelfArray>>) => Promise<void>
  /** Whether it is worth reading ahead for: the survey is large and the folder of the project can be written. */
  isUseful: (galaxies: number) => boolean
  /** When all that is being written has been. */
  settled: () => Promise<void>
}

export type Shelved = { readonly facts: unknown; readonly arrays: ReadonlyMap<string, ShelfArray> }

const TYPES = { Float64Array, Float32Array, Int32Array, Uint16Array, Uint8Array }
export type ShelfArray = Float64Array | Float32Array | Int32Array | Uint16Array | Uint8Array
type Header = {
  readonly stamp: string
  readonly facts: unknown
  readonly bytes: number
  readonly arrays: Readonly<Record<string, { readonly type: keyof typeof TYPES; readonly length: number; readonly at: number }>>
}

/** Another number than before where the values of the catalogue are read otherwise: what was shelved then is not used. */
const MAGIC = Buffer.from('GDSHELF2')
/** Before the header: the magic and the header's length. */
const LEAD = MAGIC.length + 4
/** A smaller survey is read from the catalogue as fast. */
const SMALLEST = 20_000

/** No file takes so long to write. */
const LEFT_OVER_MS = 3_600_000

const aligned = (bytes: number) => Math.ceil(bytes / 8) * 8

/** The shelf of the project in this folder; surveys of fewer than `smallest` galaxies are not put on it. */
export function createShelf(projectFolder: string, smallest = SMALLEST): Shelf {
  const folder = join(projectFolder, 'search')
  const pathOf = (name: string) => join(folder, `${createHash('sha256').update(name).digest('hex').slice(0, 24)}.bin`)
  const writing = new Set<Promise<void>>()

  async function put(path: string, stamp: string, facts: unknown, arrays: Readonly<Record<string, ShelfArray>>): Promise<void> {
    const part = `${path}.${randomUUID()}.part`
    try {
      await mkdir(folder, { recursive: true })
      await removeLeftOver()
      await writeFileWhole(part, stamp, facts, arrays)
      await rename(part, path)
    } catch {
      // No room, no permission, another program at it: then the catalogue is read the next time too.
      await rm(part, { force: true }).catch(() => undefined)
    }
  }

  /** Parts of files that a program was ended over. */
  async function removeLeftOver(): Promise<void> {
    for (const name of await readdir(folder)) {
      const path = join(folder, name)
      if (!name.endsWith('.part')) continue
      // One that is being written beside this may get its name in between.
      const writtenAtMs = await stat(path).then(
        ({ mtimeMs }) => mtimeMs,
        () => Infinity,
      )
      if (Date.now() - writtenAtMs > LEFT_OVER_MS) await rm(path, { force: true })
    }
  }

  return {
    read: (name, stamp, wanted) => readFile(pathOf(name), stamp, wanted),
    write(name, stamp, facts, arrays) {
      const done = put(pathOf(name), stamp, facts, arrays).finally(() => writing.delete(done))
      writing.add(done)
      return done
    },
    isUseful: (galaxies) => galaxies >= smallest && isWritable(projectFolder),
    settled: async () => void (await Promise.all(writing)),
  }
}

function isWritable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK)
    return true
  } catch {
    return false
  }
}

/** In whole, on the disk when it returns. Numbers lie as the machine has them: every machine that this program runs on has the low byte first. */
async function writeFileWhole(path: string, stamp: string, facts: unknown, arrays: Readonly<Record<string, ShelfArray>>): Promise<void> {
  const places: Record<string, Header['arrays'][string]> = {}
  let bytes = 0
  for (const [name, array] of Object.entries(arrays)) {
    places[name] = { type: array.constructor.name as keyof typeof TYPES, length: array.length, at: bytes }
    bytes = aligned(bytes + array.byteLength)
  }
  const header = Buffer.from(JSON.stringify({ stamp, facts, bytes, arrays: places } satisfies Header))
  const start = aligned(LEAD + header.length)
  const head = Buffer.alloc(start)
  MAGIC.copy(head)
  head.writeUInt32LE(header.length, MAGIC.length)
  header.copy(head, LEAD)
  const file = await open(path, 'wx')
  try {
    await file.write(head, 0, head.length, 0)
    for (const [name, array] of Object.entries(arrays)) await file.write(array, 0, array.byteLength, start + places[name]!.at)
    await file.truncate(start + bytes)
    await file.sync()
  } finally {
    await file.close()
  }
}

function readFile(path: string, stamp: string, wanted: readonly string[] | null): Shelved | null {
  let file: number
  try {
    file = openSync(path, 'r')
  } catch {
    return null
  }
  try {
    const lead = Buffer.alloc(LEAD)
    if (readSync(file, lead, 0, LEAD, 0) < LEAD || !lead.subarray(0, MAGIC.length).equals(MAGIC)) return null
    const header = Buffer.alloc(lead.readUInt32LE(MAGIC.length))
    const start = aligned(LEAD + header.length)
    if (readSync(file, header, 0, header.length, LEAD) < header.length) return null
    const { stamp: written, facts, bytes, arrays } = JSON.parse(header.toString()) as Header
    if (written !== stamp || fstatSync(file).size !== start + bytes) return null
    const read = new Map<string, ShelfArray>()
    for (const name of wanted ?? Object.keys(arrays)) {
      const { type, length, at } = arrays[name]!
      const array = new TYPES[type](length)
      if (readSync(file, array, 0, array.byteLength, start + at) < array.byteLength) return null
      read.set(name, array)
    }
    return { facts, arrays: read }
  } catch {
    // Whatever is wrong with the file, the catalogue has what it should hold.
    return null
  } finally {
    closeSync(file)
  }
}
