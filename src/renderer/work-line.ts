/**
 * Does one thing after the other, in the order in which they were asked for: what keys ask for faster than it is done waits, and nothing is lost.
 * Work that fails holds nothing up; whoever asked for it is told.
 */
export function workLine(): <T>(work: () => Promise<T> | T) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve()
  return (work) => {
    const done = last.then(work)
    last = done.catch(() => undefined)
    return done
  }
}
