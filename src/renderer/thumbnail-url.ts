const LARGEST_PX = 512

/** The address of a thumbnail that is sharp at so many CSS pixels on this screen. */
export function thumbnailUrl(galaxyKey: number, sizePx: number): string {
  const size = Math.min(LARGEST_PX, Math.max(1, Math.ceil(sizePx * window.devicePixelRatio)))
  return `/api/galaxies/${galaxyKey}/thumbnail?size=${size}`
}
