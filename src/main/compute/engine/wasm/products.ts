/** @file Matrix products: `gemm` packs the right side and multiplies on all threads; the kernel BatchMatMul where it is one product. */
import type { BatchMatMulAttrs, TensorInfo } from '@tensorflow/tfjs-core'
import { address, allocate, allocateZeros, release, replaceKernel, type Host, type KernelCall } from './host'

/** Columns per panel of the packed right side; see kernels/gemm.ts. */
const PANEL = 8
const ROWS_AT_ONCE = 48

/** A [rows, inner] · B, with B [inner, columns], or its transpose [columns, inner]. `a` and `b` are addresses. Shape [rows, columns]. */
export function product(host: Host, a: number, b: number, rows: number, inner: number, columns: number, isTransposed = false): TensorInfo {
  const panels = Math.ceil(columns / PANEL)
  const packed = allocate(host, [panels, inner, PANEL])
  const pack = isTransposed ? 'packColumnsOfTranspose' : 'packColumns'
  host.pool.run(pack, [b, address(host, packed), inner, columns], panels, inner * PANEL)
  const result = allocate(host, [rows, columns])
  const unit = rows >= 4 * ROWS_AT_ONCE * host.pool.threads ? ROWS_AT_ONCE : 4
  host.pool.run('gemm', [a, address(host, packed), address(host, result), inner, columns], rows, inner * columns, unit)
  release(host, packed)
  return result
}

/** Adds transpose(A [rows, left]) · B [rows, columns] to `sum` [left, columns]. All are addresses. */
export function addTransposedProduct(host: Host, a: number, b: number, sum: number, rows: number, left: number, columns: number): void {
  host.pool.run('gemmTransposedLeft', [a, b, sum, rows, left, columns], left, rows * columns, 4)
}

export function registerProducts(host: Host): void {
  replaceKernel('BatchMatMul', (call: KernelCall<'a' | 'b', BatchMatMulAttrs>, stock) => {
    const { a, b } = call.inputs
    const { transposeA, transposeB } = call.attrs
    const isOne = a.shape.length === 3 && b.shape.length === 3 && a.shape[0] === 1 && b.shape[0] === 1
    if (!isOne || a.dtype !== 'float32' || b.dtype !== 'float32' || (transposeA && transposeB)) return stock()
    const [, aRows, aColumns] = a.shape as [number, number, number]
    const [, bRows, bColumns] = b.shape as [number, number, number]
    if (transposeA) {
      const sum = allocateZeros(host, [1, aColumns, bColumns])
      addTransposedProduct(host, address(host, a), address(host, b), address(host, sum), aRows, aColumns, bColumns)
      return sum
    }
    const columns = transposeB ? bRows : bColumns
    return { ...product(host, address(host, a), address(host, b), aRows, aColumns, columns, transposeB), shape: [1, aRows, columns] }
  })
}
