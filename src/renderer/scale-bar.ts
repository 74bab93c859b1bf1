/** A bar of a round length, at most a quarter of an image that is `widthArcsec` wide: its length and its share of the width. */
export function scaleBar(widthArcsec: number): { arcsec: number; share: number } {
  const most = widthArcsec / 4
  const power = 10 ** Math.floor(Math.log10(most))
  const arcsec = Number(((most >= 5 * power ? 5 : most >= 2 * power ? 2 : 1) * power).toPrecision(1))
  return { arcsec, share: arcsec / widthArcsec }
}
