/** Calls `action` at once, then at most once per `intervalMs` however often it is asked for; what was asked for last is always followed by a call. */
export function atMostEvery(intervalMs: number, action: () => void): () => void {
  let lastMs = -Infinity
  let timer: NodeJS.Timeout | null = null
  const call = () => {
    timer = null
    lastMs = performance.now()
    action()
  }
  return () => {
    if (timer !== null) return
    const waitMs = lastMs + intervalMs - performance.now()
    if (waitMs <= 0) return call()
    timer = setTimeout(call, waitMs)
    // It must not keep a process alive that has nothing else to do.
    timer.unref()
  }
}
