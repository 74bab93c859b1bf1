const Z_95 = 1.959963984540054

/**
 * The 95 % interval of a share, 0..1, of which `right` of `n` > 0 were seen, by Wilson's score: it stays inside 0..1 and is no point where all or
 * none were right. Source: Wilson 1927 (Journal of the American Statistical Association 22, 209).
 */
export function wilsonInterval(right: number, n: number): { low: number; high: number } {
  const share = right / n
  const spread = Z_95 ** 2 / n
  const middle = (share + spread / 2) / (1 + spread)
  const half = (Z_95 / (1 + spread)) * Math.sqrt((share * (1 - share)) / n + spread / (4 * n))
  return { low: Math.max(0, middle - half), high: Math.min(1, middle + half) }
}
