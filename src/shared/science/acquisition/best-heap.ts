/**
 * Keeps the `capacity` largest keys that it is offered, in bounded memory: of equal keys those of the smaller position. What is kept does not
 * depend on the order in which they are offered. Every kept one has a slot 0 .. capacity - 1 of its own, for data that belong to it.
 */
export type BestHeap = {
  readonly size: number
  /** The slot that it got, which may be one that another has lost; -1 when it is not among the largest. */
  offer: (key: number, position: number) => number
  /** What is kept, largest key first. */
  ranked: () => { position: number; slot: number; key: number }[]
}

export function createBestHeap(capacity: number): BestHeap {
  const key_H = new Float64Array(capacity)
  const position_H = new Float64Array(capacity)
  const slot_H = new Int32Array(capacity)
  let size = 0

  /** Whether entry i is to leave before entry j. The root is the first to leave. */
  const isWorse = (keyI: number, positionI: number, j: number) => keyI < key_H[j]! || (keyI === key_H[j]! && positionI > position_H[j]!)
  const put = (at: number, key: number, position: number, slot: number): void => {
    key_H[at] = key
    position_H[at] = position
    slot_H[at] = slot
  }
  const move = (from: number, to: number): void => put(to, key_H[from]!, position_H[from]!, slot_H[from]!)

  function rise(start: number, key: number, position: number, slot: number): void {
    let at = start
    for (; at > 0 && isWorse(key, position, (at - 1) >> 1); at = (at - 1) >> 1) move((at - 1) >> 1, at)
    put(at, key, position, slot)
  }
  function sink(key: number, position: number, slot: number): void {
    let at = 0
    for (;;) {
      let child = 2 * at + 1
      if (child >= size) break
      if (child + 1 < size && isWorse(key_H[child + 1]!, position_H[child + 1]!, child)) child++
      if (isWorse(key, position, child)) break
      move(child, at)
      at = child
    }
    put(at, key, position, slot)
  }

  return {
    get size() {
      return size
    },
    offer(key, position) {
      if (size < capacity) {
        const slot = size++
        rise(slot, key, position, slot)
        return slot
      }
      if (capacity === 0 || isWorse(key, position, 0)) return -1
      const slot = slot_H[0]!
      sink(key, position, slot)
      return slot
    },
    ranked: () =>
      Array.from({ length: size }, (_, i) => ({ position: position_H[i]!, slot: slot_H[i]!, key: key_H[i]! })).sort(
        (a, b) => b.key - a.key || a.position - b.position,
      ),
  }
}
