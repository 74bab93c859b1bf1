import { computed, ref, shallowRef, type Ref } from 'vue'
import { MOST_IN_BATCH } from '@shared/contract/requests'
import type { QueueItem } from '@shared/contract/records'
import { saidOf, unmarkedOf, type SaidByTurn, type SheetSetup } from '../sheet/marks'
import { isSameMark, type Mark } from '../sheet/question'
import type { Page } from '../sheet/page'

const nothing: SaidByTurn = new Map()

type Parts = {
  page: Readonly<Ref<Page>>
  setup: Readonly<Ref<SheetSetup | null>>
  /** Nothing is marked while something is written. */
  isIdle: Readonly<Ref<boolean>>
  onTouch: () => void
  onChange: () => void
  onFull: () => void
}

/** What is said on a sheet and not saved yet, on all pages that were turned, at most one batch; and the cursor that the keys move. */
export function sheetMarks({ page, setup, isIdle, onTouch, onChange, onFull }: Parts) {
  const marks = shallowRef<SaidByTurn>(nothing)
  /** Galaxies of pages that were turned, with what no mark means there. */
  const looked = shallowRef<SaidByTurn>(nothing)
  const active = ref(0)
  let anchor = 0

  const lookedWithPage = computed(() =>
    setup.value ? new Map([...looked.value, ...unmarkedOf(page.value.items, setup.value)]) : looked.value,
  )
  /** All that the next saving writes. */
  const toSave = computed(() => saidOf(lookedWithPage.value, marks.value))
  const hasUnsaved = computed(() => marks.value.size > 0 || looked.value.size > 0)
  const onPage = computed(() => new Set(page.value.items.map(({ turn }) => turn)))
  /** Marks on other pages, which are saved with those of this one. */
  const markedElsewhere = computed(() => [...marks.value.keys()].filter((turn) => !onPage.value.has(turn)).length)

  function put(next: { marks: SaidByTurn; looked: SaidByTurn }): void {
    ;({ marks: marks.value, looked: looked.value } = next)
    onChange()
  }
  const clear = () => put({ marks: nothing, looked: nothing })

  /** The page counts as looked through; false where the next one would no longer go into the batch. */
  function lookedThrough(pageSize: number): boolean {
    if (toSave.value.size + pageSize > MOST_IN_BATCH) {
      onFull()
      return false
    }
    put({ marks: marks.value, looked: lookedWithPage.value })
    return true
  }

  /** To the first galaxy of a page, or where the cursor was. */
  function place(at: number): void {
    active.value = Math.min(at, Math.max(0, page.value.items.length - 1))
    anchor = active.value
  }

  const markOf = (item: QueueItem): Mark | null => marks.value.get(item.turn)?.mark ?? null

  function setMark(at: number, mark: Mark | null): void {
    const item = page.value.items[at]
    if (!item || !isIdle.value) return
    onTouch()
    if (mark !== null && !toSave.value.has(item.turn) && toSave.value.size >= MOST_IN_BATCH) return onFull()
    const next = new Map(marks.value)
    if (mark === null) next.delete(item.turn)
    else next.set(item.turn, { galaxyKey: item.galaxyKey, mark })
    put({ marks: next, looked: looked.value })
  }

  /** Sets a mark, or takes it away where it is already. */
  function turnMark(at: number, mark: Mark): void {
    const item = page.value.items[at]
    if (item) setMark(at, isSameMark(marks.value.get(item.turn)?.mark, mark) ? null : mark)
  }
  function toggle(at = active.value): void {
    const item = page.value.items[at]
    if (item && setup.value) setMark(at, marks.value.has(item.turn) ? null : { kind: 'answer', answer: setup.value.marked })
  }

  /** Moves the cursor; `extend` marks everything from where the range began. */
  function moveTo(at: number, extend = false): void {
    const last = page.value.items.length - 1
    if (last < 0) return
    active.value = Math.min(last, Math.max(0, at))
    onTouch()
    if (!extend) anchor = active.value
    else if (setup.value) {
      const [from, to] = [Math.min(anchor, active.value), Math.max(anchor, active.value)]
      for (let each = from; each <= to; each++) setMark(each, { kind: 'answer', answer: setup.value.marked })
    }
  }

  return { marks, looked, active, toSave, hasUnsaved, markedElsewhere, put, clear, lookedThrough, place, markOf, turnMark, toggle, moveTo }
}
