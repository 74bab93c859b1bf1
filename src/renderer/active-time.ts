/** Longer than this without a key was a pause, not work. */
const LONGEST_MS = 120_000

/** Measures time at work, in milliseconds: `touch` at each key, `read` for what went by since `restart` without the pauses. */
export function activeTime(now: () => number = () => performance.now()) {
  let [sumMs, lastAt] = [0, now()]
  function touch(): void {
    const gapMs = now() - lastAt
    if (gapMs <= LONGEST_MS) sumMs += gapMs
    lastAt = now()
  }
  return {
    touch,
    restart(): void {
      sumMs = 0
      lastAt = now()
    },
    read(): number {
      touch()
      return sumMs
    },
  }
}
