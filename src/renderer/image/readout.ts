/** A pixel and its values for people: `x 12 y 30   g 0.01234   r 1.5`. `x` and `y` count from 1 at the lower left, as FITS does. */
export function formatPixel(x: number, y: number, values: readonly { name: string; value: number | null }[]): string {
  const shown = values.map(({ name, value }) => `${name === '' ? '' : `${name} `}${value === null ? 'no value' : formatValue(value)}`)
  return [`x ${x} y ${y}`, ...shown].join('   ')
}

/** Six figures are what a float32 holds; whole numbers are exact. */
function formatValue(value: number): string {
  if (Number.isInteger(value) && Math.abs(value) < 1e6) return String(value)
  return String(Number(value.toPrecision(6)))
}
