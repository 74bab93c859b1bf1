/**
 * [Note: Undo and redo] The label log only grows. An undo is an entry that names what it undoes, and each entry can be named once; so the
 * entries that undo, redo, undo again … one answer form a chain, and an entry stands unless an entry that stands undoes it.
 */
export type Undoing = { readonly uuid: string; readonly undoes: string | null }

/** A test of whether an entry stands, given all entries (of any kind) that may undo it. */
export function standingTest(entries: Iterable<Undoing>): (uuid: string) => boolean {
  const undoneBy = new Map<string, string>()
  for (const { uuid, undoes } of entries) if (undoes !== null) undoneBy.set(undoes, uuid)
  return (uuid) => {
    let stands = true
    for (let next = undoneBy.get(uuid); next !== undefined; next = undoneBy.get(next)) stands = !stands
    return stands
  }
}
