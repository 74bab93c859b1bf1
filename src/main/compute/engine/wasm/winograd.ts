/** @file Winograd's convolution on all threads; the mathematics is in kernels/winograd.ts. */
import type { TensorInfo } from '@tensorflow/tfjs-core'
import { address, allocate, release, type Host } from './host'

const PLACES = 36
const FLOAT_BYTES = 4
/** Numbers between two places, PLACE_GAP of kernels/winograd-transforms.ts. */
const GAP = 16
/** What one thread works on should stay in its second-level cache. */
const BLOCK_BYTES = 640 * 1024

/** Tiles worked on at once, at most. */
const MAX_BLOCK = 64

/** Sizes of one convolution: images [B, H, W, Cin] to [B, H, W, Cout]. */
export type WinogradShape = { B: number; H: number; W: number; Cin: number; Cout: number }

export function fitsWinograd(Cin: number, Cout: number): boolean {
  return Cin % 8 === 0 && Cout % 8 === 0
}

const tileCount = ({ B, H, W }: WinogradShape) => B * Math.ceil(H / 4) * Math.ceil(W / 4)

function blockTiles({ Cin, Cout }: WinogradShape): number {
  const tiles = Math.floor(BLOCK_BYTES / (PLACES * (Cin + Cout) * FLOAT_BYTES) / 4) * 4
  return Math.min(MAX_BLOCK, Math.max(16, tiles))
}

function scratchFor(host: Host, { Cin, Cout }: WinogradShape, block: number): { scratch: TensorInfo; bytesPerThread: number } {
  // 32 numbers per place keep the places apart; see PLACE_GAP in kernels/winograd.ts.
  const perThread = 2 * PLACES * 4 + PLACES * (block * (Cin + Cout) + 32)
  return { scratch: allocate(host, [host.pool.threads, perThread]), bytesPerThread: perThread * FLOAT_BYTES }
}

/** The convolution of x with w [3, 3, Cin, Cout]; `isTurned` reads w as [3, 3, Cout, Cin] turned by 180°, for the gradient of the input. */
export function winogradConvolution(host: Host, x: TensorInfo, w: TensorInfo, shape: WinogradShape, isTurned: boolean): TensorInfo {
  const { B, H, W, Cin, Cout } = shape
  const block = blockTiles(shape)
  const { scratch, bytesPerThread } = scratchFor(host, shape, block)
  const memory = [address(host, scratch), bytesPerThread]
  const filter = allocate(host, [PLACES, Cin * Cout + GAP])
  host.pool.run('winogradFilter', [address(host, w), address(host, filter), Cin, Cout, isTurned ? 1 : 0, ...memory], Cin, PLACES * Cout)
  const y = allocate(host, [B, H, W, Cout])
  const addresses = [x, filter, y].map((tensor) => address(host, tensor))
  host.pool.run('winogradConvolution', [...addresses, H, W, Cin, Cout, block, ...memory], tileCount(shape), PLACES * Cin * Cout, block)
  release(host, scratch, filter)
  return y
}

/**
 * The gradient of w [3, 3, Cin, Cout] from x and dy. It is summed in a number of parts that depends on the shape alone, so that it does
 * not depend on the threads.
 */
export function winogradFilterGradient(host: Host, x: TensorInfo, dy: TensorInfo, shape: WinogradShape): TensorInfo {
  const { H, W, Cin, Cout } = shape
  // A large block for every shape: each one reads and writes all sums. Not one part alone, for the other threads' sake.
  const block = MAX_BLOCK
  const tiles = tileCount(shape)
  const parts = Math.min(8, Math.max(2, Math.ceil(tiles / block)))
  const { scratch, bytesPerThread } = scratchFor(host, shape, block)
  const memory = [address(host, scratch), bytesPerThread]
  const sums = allocate(host, [parts, PLACES, Cin * Cout + GAP])
  const sumsAddress = address(host, sums)
  const sizes = [tiles, H, W, Cin, Cout, block]
  const work = (tiles / parts) * PLACES * Cin * Cout
  host.pool.run('winogradFilterSums', [address(host, x), address(host, dy), sumsAddress, ...sizes, ...memory, parts], parts, work)
  const dw = allocate(host, [3, 3, Cin, Cout])
  host.pool.run('winogradFilterGradient', [sumsAddress, address(host, dw), parts, Cin, Cout, ...memory], Cin, PLACES * parts * Cout)
  release(host, scratch, sums)
  return dw
}
