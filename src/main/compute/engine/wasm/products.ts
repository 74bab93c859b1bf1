/** @file Matrix products: `gemm` packs the right side and multiplies on all threads; the kernel BatchMatMul where it is one product. */
import type { BatchMatMulAttrs, TensorInfo } from '@tensorflow/tfjs-core'
import { address, allocate, allocateZeros, release, replaceKernel, reshaped, type Host, type KernelCall } from './host'

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

/** Whether this is one product, not a batch of several: [rows, columns] or [1, rows, columns]. */
function isSingle({ shape, dtype }: TensorInfo): boolean {
  return dtype === 'float32' && (shape.length === 2 || (shape.length === 3 && shape[0] === 1))
}

export function registerProducts(host: Host): void {
  replaceKernel('BatchMatMul', ({ inputs: { a, b }, attrs }: KernelCall<'a' | 'b', BatchMatMulAttrs>, stock) => {
    const { transposeA, transposeB } = attrs
    if (!isSingle(a) || !isSingle(b) || (transposeA && transposeB)) return stock()
    const [aRows, aColumns] = a.shape.slice(-2) as [number, number]
    const [bRows, bColumns] = b.shape.slice(-2) as [number, number]
    const columns = transposeB ? bRows : bColumns
    const shape = [...(a.shape.length >= b.shape.length ? a : b).shape.slice(0, -2), transposeA ? aColumns : aRows, columns]
    if (transposeA) {
      const sum = allocateZeros(host, shape)
      addTransposedProduct(host, address(host, a), address(host, b), address(host, sum), aRows, aColumns, columns)
      return sum
    }
    return reshaped(product(host, address(host, a), address(host, b), aRows, aColumns, columns, transposeB), shape)
  })
}
