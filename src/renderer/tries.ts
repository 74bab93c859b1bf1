/** Seconds between tries; the last goes on for ever. */
const waitsSeconds = [1, 2, 4, 8, 15]

/** The waiting between tries to write something: it ends by itself, or when the user decides. `retry` and `discard` do nothing while none waits. */
export function waitingForTries() {
  let decide: ((decision: 'retry' | 'discard') => void) | null = null

  /** `tries`: how many were made already, less one. */
  function next(tries: number): Promise<'retry' | 'discard'> {
    const waitSeconds = waitsSeconds[Math.min(tries, waitsSeconds.length - 1)]!
    return new Promise((resolve) => {
      const timer = setTimeout(() => decide?.('retry'), 1000 * waitSeconds)
      decide = (decision) => {
        clearTimeout(timer)
        decide = null
        resolve(decision)
      }
    })
  }

  return { next, retry: () => decide?.('retry'), discard: () => decide?.('discard') }
}
