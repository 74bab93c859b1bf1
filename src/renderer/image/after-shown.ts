const idle = (done: () => void) =>
  'requestIdleCallback' in window ? window.requestIdleCallback(done, { timeout: 2_000 }) : setTimeout(done)

/**
 * Waits until the image on screen is there (or cannot be read) and the window has nothing else to do: for what must never delay an image. Ends early
 * when `signal` is aborted.
 */
export async function afterShown(imageUrl: string | null, signal: AbortSignal): Promise<void> {
  if (imageUrl !== null) await loaded(imageUrl, signal)
  if (!signal.aborted) await new Promise<void>((resolve) => idle(resolve))
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
