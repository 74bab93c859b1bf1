import type { JobProgress } from '@shared/contract/job'

/** Least time between two reports: a window cannot show more, and each is a message between threads. */
const INTERVAL_MS = 250

/** Reports how far a phase is, at most four times a second, with the time left at the pace so far. */
export function createProgress(
  phase: string,
  total: number,
  report: (progress: JobProgress) => void,
): { to: (done: number) => void; end: () => void } {
  const started = performance.now()
  let reported = -Infinity
  let latest = 0
  const send = (done: number) => {
    const now = performance.now()
    const secondsLeft = done === 0 ? null : ((now - started) / 1000 / done) * Math.max(0, total - done)
    reported = now
    report({ phase, done, total: Math.max(total, done), secondsLeft })
  }
  send(0)
  return {
    to(done) {
      latest = done
      if (performance.now() - reported >= INTERVAL_MS) send(done)
    },
    end: () => send(Math.max(latest, total)),
  }
}
