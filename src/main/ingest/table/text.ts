import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { AppError } from '@shared/science/errors'

/**
 * The text of a file, piece by piece. UTF-8, or UTF-16 where a byte-order mark says so; the mark itself is left out.
 * Throws `import/encoding` at the first line that is neither: a guessed encoding would change names silently.
 */
export async function* readText(path: string): AsyncGenerator<string> {
  const decoder = new TextDecoder(await encodingOf(path), { fatal: true })
  let line = 1
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 18 }) as AsyncIterable<Buffer>) {
    yield decode(() => decoder.decode(chunk, { stream: true }), chunk)
    for (let at = chunk.indexOf(10); at !== -1; at = chunk.indexOf(10, at + 1)) line++
  }
  yield decode(() => decoder.decode(), Buffer.alloc(0))

  function decode(decoded: () => string, chunk: Buffer): string {
    try {
      return decoded()
    } catch (error) {
      const message = `The table ${path} is not UTF-8 text (near line ${line + linesBeforeFault(chunk)}). Save it as UTF-8 and import it again.`
      throw new AppError('import/encoding', message, { cause: error })
    }
  }
}

/** Line breaks of `chunk` before its first byte that is no UTF-8. */
function linesBeforeFault(chunk: Buffer): number {
  const text = new TextDecoder().decode(chunk)
  return text.slice(0, text.indexOf('\uFFFD')).split('\n').length - 1
}

async function encodingOf(path: string): Promise<string> {
  const file = await open(path)
  try {
    const { buffer } = await file.read(Buffer.alloc(2), 0, 2, 0)
    if (buffer[0] === 0xff && buffer[1] === 0xfe) return 'utf-16le'
    if (buffer[0] === 0xfe && buffer[1] === 0xff) return 'utf-16be'
    return 'utf-8'
  } finally {
    await file.close()
  }
}
