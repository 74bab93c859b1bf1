/** What of a name is not its writing: no case, accents, spaces and marks between words. */
const core = (name: string) =>
  name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^\p{Letter}\p{Number}]/gu, '')

/** The known name that differs from this one by its writing alone; null where this one is known, or is like none. */
export function likeName(name: string, known: readonly string[]): string | null {
  if (known.includes(name)) return null
  return known.find((each) => core(each) === core(name) && core(name) !== '') ?? null
}
