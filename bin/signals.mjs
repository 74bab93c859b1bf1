import { constants } from 'node:os'

/**
 * Passes what asks this process to end on to `child`, and stays until the child has ended. Ctrl+C in a terminal reaches the child without
 * us: a second one would cut off the saving that the first one asked for. `onEnding` hears of each.
 */
export function passSignals(child, onEnding = () => undefined) {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      onEnding()
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal)
    })
  }
}

/** Ends this process as its child ended; after a signal with 128 + its number, so 130 after Ctrl+C. */
export function exitAs(code, signal) {
  process.exit(code ?? 128 + (constants.signals[signal] ?? 0))
}
