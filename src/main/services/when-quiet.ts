/** How long nobody may ask before the action is done, and how long it may be put off at most. */
export type Quiet = { readonly quietMs: number; readonly mostMs: number }

/**
 * Calls `action` once nobody has asked for it for `quietMs`, or `mostMs` after it was first asked for; what was asked for last is always followed by a
 * call. For what may be late and must not come between a key and what it does.
 */
export function whenQuiet({ quietMs, mostMs }: Quiet, action: () => void): () => void {
  let askedAtMs: number | null = null
  let timer: NodeJS.Timeout | undefined
  return () => {
    const nowMs = performance.now()
    askedAtMs ??= nowMs
    clearTimeout(timer)
    timer = setTimeout(
      () => {
        askedAtMs = null
        action()
      },
      Math.max(0, Math.min(quietMs, askedAtMs + mostMs - nowMs)),
    )
    // It must not keep a process alive that has nothing else to do.
    timer.unref()
  }
}
