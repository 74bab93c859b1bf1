import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'
import { batchRequestSchema, type BatchRequest } from '@shared/contract/requests'
import type { Written } from '@shared/contract/labelling'
import type { QueueItem } from '@shared/contract/records'
import type { DecisionTree } from '@shared/science/tree/decision-tree'
import { api, RequestError } from '../api'
import { activeTime } from '../active-time'
import { galaxiesInWords, inWords } from '../format'
import { latestRun } from '../latest'
import { isSameMark, standingOf, type Mark } from '../sheet-question'
import { describeError, type VisibleError } from '../visible-error'

/** Galaxies of the open round, or of a list that was searched for: `what` it is in words, `usesVotes` as the search said. */
export type SheetSource = { kind: 'queue' } | ({ kind: 'list' } & SheetList)
export type SheetList = { project: string; keys: readonly number[]; usesVotes: boolean; what: string }

/** What marking means. `unmarked`: the answer of all galaxies of the page that are not marked; null: they stay without one. */
export type SheetSetup = { question: string; marked: string; unmarked: string | null }

/** [Note: Saved means committed] `refused`: nothing was written, the marks can be changed. `failed`: it is tried again. */
type Saving = { kind: 'idle' } | { kind: 'saving' } | { kind: 'refused' | 'failed'; error: VisibleError }

/** `from` and `next`: the cursors of this page and of the one after it, positions of the queue or places in the list. */
type Page = { items: readonly QueueItem[]; from: number; next: number }
type Saved = { page: Page; marks: ReadonlyMap<string, Mark>; setup: SheetSetup; uuids: ReadonlySet<string> }

const QUEUE_PART = 200
const unsavedKey = 'galaxy-desk.unsaved-page'
const waitsSeconds = [1, 2, 4, 8, 15]
/** A second Enter so soon after a page appeared was meant for the page before. */
const UNSEEN_MS = 400
const empty: Page = { items: [], from: 0, next: 0 }

/**
 * The contact sheet: pages of galaxies, one question, and marks that are saved page by page, each page as one batch. Marks live here only until the page
 * is confirmed; what the server has not taken is kept with its UUIDs and sent again.
 */
export const useSheetStore = defineStore('sheet', () => {
  const source = shallowRef<SheetSource>({ kind: 'queue' })
  const setup = shallowRef<SheetSetup | null>(null)
  const tree = shallowRef<DecisionTree | null>(null)
  const page = shallowRef<Page>(empty)
  /** By the turn of their galaxy. */
  const marks = shallowRef<ReadonlyMap<string, Mark>>(new Map())
  const active = ref(0)
  const size = ref(24)
  const isLoading = ref(false)
  const isAtEnd = ref(false)
  /** Galaxies that the latest page passed by, and why. */
  const passed = shallowRef({ answered: 0, notAsked: 0 })
  const saving = shallowRef<Saving>({ kind: 'idle' })
  /** What was committed last, in words; empty before. */
  const savedText = ref('')
  const notice = ref('')
  const saved: Saved[] = []
  const runs = latestRun()
  const clock = activeTime()
  let [project, annotator, shownAt, anchor] = ['', '', 0, 0]
  let round: number | null = null
  let decide: ((decision: 'retry' | 'discard') => void) | null = null
  /** The galaxies of the page after this one, as they were found while this one is looked at. */
  const upcoming = shallowRef<readonly QueueItem[]>([])
  let ahead: { from: number; found: Promise<Awaited<ReturnType<typeof openFrom>> | null> } | null = null

  const isIdle = computed(() => saving.value.kind === 'idle' || saving.value.kind === 'refused')
  const canConfirm = computed(() => isIdle.value && !isLoading.value && page.value.items.length > 0)

  /** For whom and of what; begins anew where any of it changed. Marks of the same sheet stay. */
  function open(context: { project: string; annotator: string; round: number | null; tree: DecisionTree }): void {
    const { questions } = context.tree
    const isSame = [project === context.project, annotator === context.annotator, round === context.round].every(Boolean)
    ;({ project, annotator, round } = context)
    tree.value = context.tree
    if (source.value.kind === 'list' && source.value.project !== project) source.value = { kind: 'queue' }
    if (!questions.some(({ name }) => name === setup.value?.question)) setup.value = questions[0] ? setupOf(questions[0]) : null
    if (!isSame) restart()
  }

  function restart(): void {
    runs.begin()
    ahead = null
    page.value = empty
    marks.value = new Map()
    active.value = 0
    saved.length = 0
    savedText.value = ''
    notice.value = ''
  }

  /** Galaxies that were searched for, instead of the open round. */
  function beginList(list: SheetList): void {
    source.value = { kind: 'list', ...list }
    restart()
  }
  function beginQueue(): void {
    source.value = { kind: 'queue' }
    restart()
  }

  /** Another question, with its first answer for marked ones; the pages begin anew. */
  function ask(question: string): void {
    const asked = tree.value?.questions.find(({ name }) => name === question)
    if (!asked || asked.name === setup.value?.question) return
    setup.value = setupOf(asked)
    restart()
  }
  const change = (changes: Partial<Omit<SheetSetup, 'question'>>) => {
    if (!setup.value) return
    const next = { ...setup.value, ...changes }
    setup.value = { ...next, unmarked: next.unmarked === next.marked ? null : next.unmarked }
  }

  /** The page at the present place, as many as the grid has room for; galaxies that the question is not open for are passed by. */
  async function load(from = page.value.from): Promise<void> {
    if (!tree.value || !setup.value) return
    const isLatest = runs.begin()
    const looked = ahead?.from === from ? ahead.found : null
    ahead = null
    isLoading.value = true
    try {
      const { found, next, isEnd, passedBy } = (await looked) ?? (await openFrom(from, setup.value.question, tree.value))
      if (!isLatest()) return
      passed.value = passedBy
      isAtEnd.value = isEnd
      show({ items: found, from, next })
      if (!isEnd) lookAhead(next, setup.value.question, tree.value)
    } finally {
      if (isLatest()) isLoading.value = false
    }
  }

  /** Nobody waits for it; what could not be read now is read when its turn comes. */
  function lookAhead(from: number, question: string, known: DecisionTree): void {
    const found = openFrom(from, question, known).catch(() => null)
    const own = (ahead = { from, found })
    void found.then((next) => {
      if (ahead === own) upcoming.value = next?.found ?? []
    })
  }

  async function openFrom(from: number, question: string, known: DecisionTree) {
    const found: QueueItem[] = []
    const passedBy = { answered: 0, notAsked: 0 }
    for (let cursor = from; ;) {
      const part = await partFrom(cursor)
      for (const { item, next } of part) {
        if (found.length === size.value) return { found, next: cursor, isEnd: false, passedBy }
        cursor = next
        const isDone = source.value.kind === 'queue' && (item.isComplete || item.isSkipped)
        const standing = isDone ? 'answered' : standingOf(known, item, question)
        if (standing === 'open') found.push(item)
        else passedBy[standing === 'answered' ? 'answered' : 'notAsked']++
      }
      if (part.length === 0) return { found, next: cursor, isEnd: true, passedBy }
    }
  }

  async function partFrom(cursor: number): Promise<{ item: QueueItem; next: number }[]> {
    if (source.value.kind === 'queue') {
      const { items } = await api.queue(annotator, { from: cursor, limit: QUEUE_PART })
      return items.map((item) => ({ item, next: item.position + 1 }))
    }
    const keys = source.value.keys.slice(cursor, cursor + size.value)
    const answers = await Promise.all(keys.map((key) => api.queueItem(key, annotator)))
    return answers.map(({ item }, i) => ({ item, next: cursor + i + 1 }))
  }

  function show(next: Page): void {
    page.value = next
    active.value = Math.min(active.value, Math.max(0, next.items.length - 1))
    anchor = active.value
    clock.restart()
    shownAt = Date.now()
  }

  async function resize(count: number): Promise<void> {
    if (size.value === count) return
    size.value = count
    ahead = null
    if (page.value.items.length > 0 || isAtEnd.value) await load()
  }

  const markOf = (item: QueueItem): Mark | null => marks.value.get(item.turn) ?? null

  function setMark(at: number, mark: Mark | null): void {
    const item = page.value.items[at]
    if (!item || !isIdle.value) return
    clock.touch()
    const next = new Map(marks.value)
    if (mark === null) next.delete(item.turn)
    else next.set(item.turn, mark)
    marks.value = next
  }

  /** Sets a mark, or takes it away where it is already. */
  function turnMark(at: number, mark: Mark): void {
    const item = page.value.items[at]
    if (item) setMark(at, isSameMark(marks.value.get(item.turn), mark) ? null : mark)
  }
  const toggle = (at = active.value) => {
    const item = page.value.items[at]
    if (item && setup.value) setMark(at, marks.value.has(item.turn) ? null : { kind: 'answer', answer: setup.value.marked })
  }

  /** Moves the cursor; `extend` marks everything from where the range began. */
  function moveTo(at: number, extend = false): void {
    const last = page.value.items.length - 1
    if (last < 0) return
    active.value = Math.min(last, Math.max(0, at))
    clock.touch()
    if (!extend) anchor = active.value
    else if (setup.value) {
      const [from, to] = [Math.min(anchor, active.value), Math.max(anchor, active.value)]
      for (let place = from; place <= to; place++) setMark(place, { kind: 'answer', answer: setup.value.marked })
    }
  }

  function nextTry(waitSeconds: number): Promise<'retry' | 'discard'> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => decide?.('retry'), 1000 * waitSeconds)
      decide = (decision) => {
        clearTimeout(timer)
        decide = null
        resolve(decision)
      }
    })
  }

  /** Does it until the server has committed it; null when it was refused, or the user gave it up. */
  async function commit(work: () => Promise<Written>): Promise<Written | null> {
    for (let tries = 0; ; tries++) {
      saving.value = { kind: 'saving' }
      try {
        const written = await work()
        saving.value = { kind: 'idle' }
        return written
      } catch (thrown) {
        const isRefused = thrown instanceof RequestError && thrown.status !== null && thrown.status < 500
        saving.value = { kind: isRefused ? 'refused' : 'failed', error: describeError(thrown) }
        if (isRefused) return null
        if ((await nextTry(waitsSeconds[Math.min(tries, waitsSeconds.length - 1)]!)) === 'discard') {
          saving.value = { kind: 'idle' }
          return null
        }
      }
    }
  }

  async function sendBatch(batch: BatchRequest): Promise<Written | null> {
    localStorage.setItem(unsavedKey, JSON.stringify({ project, batch }))
    const written = await commit(() => api.labelBatch(batch))
    localStorage.removeItem(unsavedKey)
    return written
  }

  /** Writes the page that an earlier window of this project was closed on. */
  async function recover(): Promise<void> {
    const text = localStorage.getItem(unsavedKey)
    if (text === null || !isIdle.value) return
    const kept = JSON.parse(text) as { project: unknown; batch: unknown }
    if (kept.project === project) await sendBatch(batchRequestSchema.parse(kept.batch))
  }

  /** The page as one batch; marks and page stay as they are until it is committed. */
  async function confirm(): Promise<void> {
    if (!canConfirm.value || !setup.value || Date.now() - shownAt < UNSEEN_MS) return
    notice.value = ''
    const done = { page: page.value, marks: marks.value, setup: setup.value }
    const said = done.page.items.flatMap((item) => {
      const mark =
        done.marks.get(item.turn) ?? (done.setup.unmarked === null ? null : { kind: 'answer' as const, answer: done.setup.unmarked })
      return mark ? [{ item, mark }] : []
    })
    if (said.length > 0) {
      // What the page took, in equal parts: the sum is what it cost.
      const durationMs = Math.round(clock.read() / said.length)
      const entries = said.map(({ item, mark }) => ({
        ...{ uuid: crypto.randomUUID(), galaxyKey: item.galaxyKey, turn: item.turn, question: done.setup.question, durationMs },
        ...mark,
      }))
      if (!(await sendBatch({ batch: crypto.randomUUID(), annotator, entries }))) return
      saved.push({ ...done, uuids: new Set(entries.map(({ uuid }) => uuid)) })
      savedText.value = summary(said.map(({ mark }) => mark))
    } else notice.value = 'Nothing was marked on the page before, so nothing of it was saved.'
    marks.value = new Map()
    active.value = 0
    await load(done.page.next)
  }

  /** Takes back the latest entry of this annotator: a page as one, which is shown again with its marks. */
  async function undo(): Promise<void> {
    if (!isIdle.value || isLoading.value) return
    notice.value = ''
    const uuid = crypto.randomUUID()
    const written = await commit(() => api.undo({ uuid, annotator }))
    if (!written) return
    if (written.events.length === 0) {
      notice.value = 'Nothing is left to take back.'
      return
    }
    ahead = null
    savedText.value = `Taken back: ${galaxiesInWords(written.items.length)}`
    const last = saved.at(-1)
    if (last && written.events.some(({ undoes }) => undoes !== null && last.uuids.has(undoes))) return showAgain(saved.pop()!, written)
    notice.value = 'What was taken back was not given on this sheet since it was opened; its galaxies come in their order.'
    await load(0)
  }

  function showAgain({ page: before, marks: given, setup: asked }: Saved, { items }: Written): void {
    runs.begin()
    isLoading.value = false
    setup.value = asked
    marks.value = given
    const now = new Map(items.map((item) => [item.turn, item]))
    show({ ...before, items: before.items.map((item) => now.get(item.turn) ?? item) })
  }

  const retry = () => decide?.('retry')
  const discard = () => decide?.('discard')

  return {
    source,
    setup,
    tree,
    page,
    upcoming,
    marks,
    active,
    isLoading,
    isAtEnd,
    passed,
    saving,
    savedText,
    notice,
    isIdle,
    canConfirm,
    open,
    beginList,
    beginQueue,
    ask,
    change,
    load,
    resize,
    markOf,
    setMark: turnMark,
    toggle,
    moveTo,
    recover,
    confirm,
    undo,
    retry,
    discard,
  }
})

function setupOf({ name, answers }: { name: string; answers: readonly string[] }): SheetSetup {
  return { question: name, marked: answers[0]!, unmarked: null }
}

/** `Saved: 24 galaxies (5 ring, 19 no ring)`. */
function summary(given: readonly Mark[]): string {
  const counts = new Map<string, number>()
  for (const mark of given) {
    const words = mark.kind === 'answer' ? inWords(mark.answer) : 'cannot tell'
    counts.set(words, (counts.get(words) ?? 0) + 1)
  }
  return `Saved: ${galaxiesInWords(given.length)} (${[...counts].map(([words, count]) => `${count} ${words}`).join(', ')})`
}
