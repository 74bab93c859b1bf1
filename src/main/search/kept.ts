/** A value with what it was made from (`stamp`) and its size. */
type Entry = { readonly value: unknown; readonly stamp: string; readonly bytes: number }

/** What was read from the catalogue, in memory up to a limit. */
export type Kept = {
  /**
   * The value of this stamp, made if it is not there. `make` is handed the value of the last stamp, to go on from; asked for again while it is being
   * made, it is made once.
   */
  get: <T>(name: string, stamp: string, bytesOf: (value: T) => number, make: (before: T | null) => Promise<T> | T) => Promise<T>
  readonly bytes: number
}

/**
 * Keeps values until they are more than `limitBytes` together; then those that were not asked for the longest go first. What a caller holds stays
 * with the caller.
 */
export function createKept(limitBytes: number): Kept {
  const entries = new Map<string, Entry>()
  const making = new Map<string, { readonly stamp: string; readonly value: Promise<unknown> }>()
  let total = 0

  function put(name: string, entry: Entry): void {
    forget(name)
    entries.set(name, entry)
    total += entry.bytes
    for (const oldest of entries.keys()) {
      if (total <= limitBytes || oldest === name) return
      forget(oldest)
    }
  }

  function forget(name: string): void {
    total -= entries.get(name)?.bytes ?? 0
    entries.delete(name)
  }

  async function make<T>(
    name: string,
    stamp: string,
    bytesOf: (value: T) => number,
    from: (before: T | null) => Promise<T> | T,
  ): Promise<T> {
    const value = await from((entries.get(name)?.value as T | undefined) ?? null)
    put(name, { value, stamp, bytes: bytesOf(value) })
    return value
  }

  return {
    get bytes() {
      return total
    },
    async get<T>(name: string, stamp: string, bytesOf: (value: T) => number, from: (before: T | null) => Promise<T> | T): Promise<T> {
      for (let other = making.get(name); other !== undefined; other = making.get(name)) {
        if (other.stamp === stamp) return other.value as Promise<T>
        await other.value.catch(() => undefined)
      }
      const entry = entries.get(name)
      if (entry?.stamp === stamp) {
        // The end of the map is what was asked for last.
        entries.delete(name)
        entries.set(name, entry)
        return entry.value as T
      }
      const value = make(name, stamp, bytesOf, from)
      making.set(name, { stamp, value })
      try {
        return await value
      } finally {
        making.delete(name)
      }
    },
  }
}
