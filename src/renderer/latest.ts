/**
 * Tells whether a request is still the newest of its kind, so that the result of an older one never overwrites a newer.
 * `begin()` starts a run and gives the question to ask before its result is used; `current()` asks it of the run that is on its way.
 */
export function latestRun(): { begin: () => () => boolean; current: () => () => boolean } {
  let newest = 0
  const isStill = (run: number) => () => run === newest
  return { begin: () => isStill(++newest), current: () => isStill(newest) }
}
