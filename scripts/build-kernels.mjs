/**
 * Compiles the kernels of the wasm engine, of scoring and of training heads with AssemblyScript into out/kernels/NAME.wasm: with and without the relaxed SIMD
 * instructions (fused multiply-add). Takes a few seconds.
 */
import { copyFile, mkdir, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import asc from 'assemblyscript/asc'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const source = join(root, 'src/main/compute/engine/wasm/kernels')
const target = join(root, 'out/kernels')

const common = [
  '-O3',
  '--runtime',
  'stub',
  '--noAssert',
  '--enable',
  'simd',
  '--disable',
  'mutable-globals',
  '--noExportMemory',
  '--importMemory',
]
/** The engine's memory is TensorFlow.js's, shared between threads: 16 MiB at the start, up to the 4 GiB of a 32-bit module, in pages of 64 KiB. */
const shared = ['--enable', 'threads', '--sharedMemory', '--initialMemory', '256', '--maximumMemory', '65536']
const simd = ['--use', 'RELAXED=0']
const relaxed = ['--use', 'RELAXED=1', '--enable', 'relaxed-simd']
const scoring = join(root, 'src/main/compute/score/kernels')
const head = join(root, 'src/main/compute/training/kernels')
const modules = [
  { name: 'simd', source, options: [...shared, ...simd] },
  { name: 'simd-relaxed', source, options: [...shared, ...relaxed] },
  { name: 'score', source: scoring, options: simd },
  { name: 'score-relaxed', source: scoring, options: relaxed },
  { name: 'head', source: head, options: simd },
  { name: 'head-relaxed', source: head, options: relaxed },
]

await mkdir(target, { recursive: true })
for (const { name, source, options } of modules) {
  const file = join(target, `${name}.wasm`)
  const { error, stderr } = await asc.main([join(source, 'index.ts'), ...common, ...options, '--outFile', file])
  if (error) {
    process.stderr.write(`${stderr.toString()}\n${error.message}\n`)
    process.exit(1)
  }
  await checkNoData(file)
}
await copyFile(join(source, 'worker.cjs'), join(target, 'worker.cjs'))

/** A data segment would be written over TensorFlow.js's own: none is allowed. Section 11 of a module is its data. */
async function checkNoData(file) {
  const bytes = await readFile(file)
  for (let at = 8; at < bytes.length;) {
    const section = bytes[at++]
    let size = 0
    for (let shift = 0, more = true; more; shift += 7) {
      more = (bytes[at] & 0x80) !== 0
      size |= (bytes[at++] & 0x7f) << shift
    }
    if (section === 11 && size > 1) throw new Error(`${file} has a data segment: a kernel uses a string or an array`)
    at += size
  }
}
