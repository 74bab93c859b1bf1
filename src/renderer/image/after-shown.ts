/** Waits until the window has nothing else to do, or for `mostMs`: for what nobody waits for, so that it takes no time of the frame to come. */
export const whenIdle = (mostMs = 2_000): Promise<void> =>
  new Promise((resolve) => {
    if ('requestIdleCallback' in window) window.requestIdleCallback(() => resolve(), { timeout: mostMs })
    else setTimeout(resolve)
  })

/**
 * Waits until the image on screen is there (or cannot be read), has been looked at for `restMs`, and the window has nothing else to do: for what must
 * never delay an image. Ends early when `signal` is aborted.
 */
export async function afterShown(imageUrl: string | null, signal: AbortSignal, restMs = 0): Promise<void> {
  if (imageUrl !== null) await loaded(imageUrl, signal)
  if (restMs > 0 && !signal.aborted) await rest(restMs, signal)
  if (!signal.aborted) await whenIdle()
}

function rest(restMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, restMs)
    signal.addEventListener('abort', () => {
      clearTimeout(timer)
      resolve()
    })
  })
}

/** The same address as the image on screen: the browser loads it once. */
function loaded(imageUrl: string, signal: AbortSignal): Promise<void> {
  const image = new Image()
  return new Promise((resolve) => {
    const end = () => resolve()
    image.addEventListener('load', end)
    image.addEventListener('error', end)
    signal.addEventListener('abort', end)
    image.src = imageUrl
    if (image.complete) end()
  })
}
