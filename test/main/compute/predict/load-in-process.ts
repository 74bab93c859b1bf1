import { mkdtempSync, readdirSync, readlinkSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startEngine } from '@main/compute/engine'
import { openEncoder } from '@main/compute/predict/encoder'
import { tinyNetwork } from '../training/support'

/** Runs an exported encoder, and gives its name and the files in the home folder and sockets that are open afterwards. */
export async function encodeInProcess(home: string): Promise<{ name: string; opened: string[] }> {
  await startEngine('cpu')
  const folder = mkdtempSync(join(tmpdir(), 'load-'))
  const network = tinyNetwork()
  const encoder = await openEncoder({ network, folder, weightsSha256: 'aa' }, 'cpu')
  await encoder.encode(new Float32Array(64), 1)
  // Long enough for a report to be begun.
  await new Promise((resolve) => setTimeout(resolve, 1000))
  const opened = openFiles().filter((path) => path.startsWith(home))
  await encoder.close()
  rmSync(folder, { recursive: true })
  return { name: encoder.name, opened }
}

function openFiles(): string[] {
  return readdirSync('/proc/self/fd').map((file) => {
    try {
      return readlinkSync(join('/proc/self/fd', file))
    } catch {
      return ''
    }
  })
}
