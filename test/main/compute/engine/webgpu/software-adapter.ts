import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { brotliDecompressSync } from 'node:zlib'

const RTLD_NOW = 2
const RTLD_GLOBAL = 0x100
const RTLD_NODELETE = 0x1000

/** SwiftShader, a graphics card played by the processor, which comes with the browser of the journeys; Linux on x64 only. */
const archive = 'node_modules/@sparticuz/chromium/bin/swiftshader.tar.br'
export const hasSoftwareAdapter = process.platform === 'linux' && process.arch === 'x64' && existsSync(archive)

/** Unpacks it once per machine; the folder of its libraries. */
function unpack(): string {
  const folder = join(tmpdir(), 'galaxy-desk-swiftshader-153')
  if (existsSync(folder)) return folder
  const fresh = mkdtempSync(`${folder}-`)
  execFileSync('tar', ['-xf', '-', '-C', fresh], { input: brotliDecompressSync(readFileSync(archive)) })
  try {
    renameSync(fresh, folder)
  } catch (error) {
    // Another test was quicker.
    rmSync(fresh, { recursive: true })
    if (!existsSync(folder)) throw error
  }
  return folder
}

/** Has WebGPU find SwiftShader and nothing else, in this process and those it starts; whether our engine takes it is another setting. */
export function offerSoftwareAdapter(): void {
  if (process.env.VK_ICD_FILENAMES) return
  const folder = unpack()
  process.env.VK_ICD_FILENAMES = join(folder, 'vk_swiftshader_icd.json')
  try {
    // The Vulkan loader of the archive, for machines without one: once loaded under its name it is what WebGPU gets. It is no addon, so Node
    // complains and would close it again.
    process.dlopen({ exports: {} }, join(folder, 'libvulkan.so.1'), RTLD_NOW | RTLD_GLOBAL | RTLD_NODELETE)
  } catch (error) {
    if (!String(error).includes('did not self-register')) throw error
  }
}
