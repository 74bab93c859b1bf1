/**
 * Tells whether a request is still the newest of its kind, so that the result of an older one never overwrites a newer.
 * `begin()` starts a run and gives the question to ask before its result is used.
 */
export function latestRun(): { begin: () => () => boolean } {
  let newest = 0
  return {
    begin: () => {
      const run = ++newest
      return () => run === newest
    },
  }
}
