import { madd } from './simd'

/** Columns of one packed panel: two vectors. */
const PANEL: i32 = 8
/** Rows of A between two walks over the panels: 48 rows of up to 300 columns stay in the first-level cache. */
const ROW_BLOCK: i32 = 48
/** Rows summed before C is written back by gemmTransposedLeft. */
const SUM_BLOCK: i32 = 64

/**
 * Packs B [K, N] into panels of 8 columns: panel n / 8, then row k, then the 8 columns; the last panel is filled up with zeros.
 * The packed form has ceil(N / 8) · K · 8 numbers. Range: panels.
 */
export function packColumns(b: usize, packed: usize, K: i32, N: i32, from: i32, to: i32): void {
  const rowBytes: usize = <usize>N << 2
  for (let panel = from; panel < to; panel++) {
    let p = packed + (<usize>(panel * K) << 5)
    const n0 = panel * PANEL
    let row = b + (<usize>n0 << 2)
    for (let k: i32 = 0; k < K; k++) {
      if (n0 + PANEL <= N) {
        v128.store(p, v128.load(row))
        v128.store(p, v128.load(row, 16), 16)
      } else for (let j: i32 = 0; j < PANEL; j++) store<f32>(p + (<usize>j << 2), n0 + j < N ? load<f32>(row + (<usize>j << 2)) : 0)
      p += 32
      row += rowBytes
    }
  }
}

/** As packColumns, of the transpose of B [N, K]. */
export function packColumnsOfTranspose(b: usize, packed: usize, K: i32, N: i32, from: i32, to: i32): void {
  for (let panel = from; panel < to; panel++) {
    const start = packed + (<usize>(panel * K) << 5)
    for (let j: i32 = 0; j < PANEL; j++) {
      const n = panel * PANEL + j
      let p = start + (<usize>j << 2)
      let column = b + (<usize>n * <usize>K << 2)
      for (let k: i32 = 0; k < K; k++) {
        store<f32>(p, n < N ? load<f32>(column) : 0)
        p += 32
        column += 4
      }
    }
  }
}

// @ts-ignore: decorator
@inline function storeColumns(p: usize, c0: v128, c1: v128, width: i32): void {
  if (width == PANEL) {
    v128.store(p, c0)
    v128.store(p, c1, 16)
    return
  }
  store<f32>(p, f32x4.extract_lane(c0, 0))
  if (width > 1) store<f32>(p, f32x4.extract_lane(c0, 1), 4)
  if (width > 2) store<f32>(p, f32x4.extract_lane(c0, 2), 8)
  if (width > 3) store<f32>(p, f32x4.extract_lane(c0, 3), 12)
  if (width > 4) store<f32>(p, f32x4.extract_lane(c1, 0), 16)
  if (width > 5) store<f32>(p, f32x4.extract_lane(c1, 1), 20)
  if (width > 6) store<f32>(p, f32x4.extract_lane(c1, 2), 24)
}

/** C [R, N] = A [R, K] · B, B packed. Range: rows. Four rows by eight columns are held in registers. */
export function gemm(a: usize, packed: usize, c: usize, K: i32, N: i32, from: i32, to: i32): void {
  const aRow: usize = <usize>K << 2
  const cRow: usize = <usize>N << 2
  const panels = (N + PANEL - 1) / PANEL
  for (let block = from; block < to; block += ROW_BLOCK) {
    const blockEnd = min(block + ROW_BLOCK, to)
    for (let panel: i32 = 0; panel < panels; panel++) {
      const n0 = panel * PANEL
      const width = min(PANEL, N - n0)
      const start = packed + (<usize>(panel * K) << 5)
      const end = start + (<usize>K << 5)
      let r = block
      for (; r + 4 <= blockEnd; r += 4) {
        let a0 = a + <usize>r * aRow
        let a1 = a0 + aRow
        let a2 = a1 + aRow
        let a3 = a2 + aRow
        let c00 = f32x4.splat(0), c01 = f32x4.splat(0)
        let c10 = f32x4.splat(0), c11 = f32x4.splat(0)
        let c20 = f32x4.splat(0), c21 = f32x4.splat(0)
        let c30 = f32x4.splat(0), c31 = f32x4.splat(0)
        for (let p = start; p < end; p += 32) {
          const b0 = v128.load(p)
          const b1 = v128.load(p, 16)
          const s0 = v128.load_splat<f32>(a0)
          c00 = madd(s0, b0, c00)
          c01 = madd(s0, b1, c01)
          const s1 = v128.load_splat<f32>(a1)
          c10 = madd(s1, b0, c10)
          c11 = madd(s1, b1, c11)
          const s2 = v128.load_splat<f32>(a2)
          c20 = madd(s2, b0, c20)
          c21 = madd(s2, b1, c21)
          const s3 = v128.load_splat<f32>(a3)
          c30 = madd(s3, b0, c30)
          c31 = madd(s3, b1, c31)
          a0 += 4
          a1 += 4
          a2 += 4
          a3 += 4
        }
        const pc = c + <usize>r * cRow + (<usize>n0 << 2)
        storeColumns(pc, c00, c01, width)
        storeColumns(pc + cRow, c10, c11, width)
        storeColumns(pc + 2 * cRow, c20, c21, width)
        storeColumns(pc + 3 * cRow, c30, c31, width)
      }
      for (; r < blockEnd; r++) {
        let pa = a + <usize>r * aRow
        let c0 = f32x4.splat(0), c1 = f32x4.splat(0)
        for (let p = start; p < end; p += 32) {
          const s = v128.load_splat<f32>(pa)
          c0 = madd(s, v128.load(p), c0)
          c1 = madd(s, v128.load(p, 16), c1)
          pa += 4
        }
        storeColumns(c + <usize>r * cRow + (<usize>n0 << 2), c0, c1, width)
      }
    }
  }
}

/** C [M, N] += transpose(A [R, M]) · B [R, N]. Range: rows of C. */
export function gemmTransposedLeft(a: usize, b: usize, c: usize, R: i32, M: i32, N: i32, from: i32, to: i32): void {
  const aRow: usize = <usize>M << 2
  const bRow: usize = <usize>N << 2
  for (let block: i32 = 0; block < R; block += SUM_BLOCK) {
    const rows = min(SUM_BLOCK, R - block)
    const aBlock = a + <usize>block * aRow
    const bBlock = b + <usize>block * bRow
    let m = from
    for (; m + 4 <= to; m += 4) {
      let n: i32 = 0
      for (; n + PANEL <= N; n += PANEL) {
        let pa = aBlock + (<usize>m << 2)
        let pb = bBlock + (<usize>n << 2)
        const pc = c + <usize>m * bRow + (<usize>n << 2)
        let c00 = v128.load(pc), c01 = v128.load(pc, 16)
        let c10 = v128.load(pc + bRow), c11 = v128.load(pc + bRow, 16)
        let c20 = v128.load(pc + 2 * bRow), c21 = v128.load(pc + 2 * bRow, 16)
        let c30 = v128.load(pc + 3 * bRow), c31 = v128.load(pc + 3 * bRow, 16)
        for (let r: i32 = 0; r < rows; r++) {
          const b0 = v128.load(pb)
          const b1 = v128.load(pb, 16)
          const s0 = v128.load_splat<f32>(pa)
          c00 = madd(s0, b0, c00)
          c01 = madd(s0, b1, c01)
          const s1 = v128.load_splat<f32>(pa, 4)
          c10 = madd(s1, b0, c10)
          c11 = madd(s1, b1, c11)
          const s2 = v128.load_splat<f32>(pa, 8)
          c20 = madd(s2, b0, c20)
          c21 = madd(s2, b1, c21)
          const s3 = v128.load_splat<f32>(pa, 12)
          c30 = madd(s3, b0, c30)
          c31 = madd(s3, b1, c31)
          pa += aRow
          pb += bRow
        }
        v128.store(pc, c00)
        v128.store(pc, c01, 16)
        v128.store(pc + bRow, c10)
        v128.store(pc + bRow, c11, 16)
        v128.store(pc + 2 * bRow, c20)
        v128.store(pc + 2 * bRow, c21, 16)
        v128.store(pc + 3 * bRow, c30)
        v128.store(pc + 3 * bRow, c31, 16)
      }
      for (; n < N; n++) {
        let pa = aBlock + (<usize>m << 2)
        let pb = bBlock + (<usize>n << 2)
        const pc = c + <usize>m * bRow + (<usize>n << 2)
        let sum = f32x4.splat(0)
        for (let r: i32 = 0; r < rows; r++) {
          sum = madd(v128.load(pa), v128.load_splat<f32>(pb), sum)
          pa += aRow
          pb += bRow
        }
        store<f32>(pc, load<f32>(pc) + f32x4.extract_lane(sum, 0))
        store<f32>(pc + bRow, load<f32>(pc + bRow) + f32x4.extract_lane(sum, 1))
        store<f32>(pc + 2 * bRow, load<f32>(pc + 2 * bRow) + f32x4.extract_lane(sum, 2))
        store<f32>(pc + 3 * bRow, load<f32>(pc + 3 * bRow) + f32x4.extract_lane(sum, 3))
      }
    }
    for (; m < to; m++) {
      let n: i32 = 0
      for (; n + 4 <= N; n += 4) {
        let pa = aBlock + (<usize>m << 2)
        let pb = bBlock + (<usize>n << 2)
        const pc = c + <usize>m * bRow + (<usize>n << 2)
        let sum = v128.load(pc)
        for (let r: i32 = 0; r < rows; r++) {
          sum = madd(v128.load_splat<f32>(pa), v128.load(pb), sum)
          pa += aRow
          pb += bRow
        }
        v128.store(pc, sum)
      }
      for (; n < N; n++) {
        let pa = aBlock + (<usize>m << 2)
        let pb = bBlock + (<usize>n << 2)
        const pc = c + <usize>m * bRow + (<usize>n << 2)
        let sum: f32 = 0
        for (let r: i32 = 0; r < rows; r++) {
          sum += load<f32>(pa) * load<f32>(pb)
          pa += aRow
          pb += bRow
        }
        store<f32>(pc, load<f32>(pc) + sum)
      }
    }
  }
}
