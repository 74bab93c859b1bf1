import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'
import { MOST_IN_BATCH } from '@shared/contract/requests'
import { AppError } from '@shared/science/errors'
import type { DecisionTree } from '@shared/science/tree/decision-tree'
import { activeTime } from '../active-time'
import { galaxiesInWords } from '../format'
import { keepDraft, readDraft, type SheetDraft } from '../sheet/draft'
import { batchOf, saidOf, savedInWords, setupOf, type SaidByTurn, type SheetSetup } from '../sheet/marks'
import { searchedAgain, type SheetList, type SheetSource } from '../sheet/source'
import { sheetMarks } from './sheet-marks'
import { sheetPages } from './sheet-pages'
import { sheetSaving } from './sheet-saving'

/** A batch with the sheet as it stood before: shown again where it is taken back. */
type Saved = {
  from: number
  trail: readonly number[]
  setup: SheetSetup
  looked: SaidByTurn
  marks: SaidByTurn
  uuids: ReadonlySet<string>
}

/** A second Enter so soon after a page appeared was meant for the page before. */
const UNSEEN_MS = 400
/** So many batches can be shown again; older ones are taken back all the same. */
const MOST_SHOWN_AGAIN = 20

/**
 * The contact sheet: pages of galaxies, one question, and marks. Pages can be turned without saving; what was looked through and marked on them stays,
 * through a reload too, until it is saved as one batch.
 */
export const useSheetStore = defineStore('sheet', () => {
  const source = shallowRef<SheetSource>({ kind: 'queue' })
  const setup = shallowRef<SheetSetup | null>(null)
  const tree = shallowRef<DecisionTree | null>(null)
  /** What was committed last, in words; empty before. */
  const savedText = ref('')
  const notice = ref('')
  const clock = activeTime()
  const saved: Saved[] = []
  let [project, annotator, shownAt] = ['', '', 0]
  let round: number | null = null
  let arrive: () => void = () => undefined

  const { saving, isIdle, sendBatch, recover: recoverBatch, undo: takeBack, retry, discard } = sheetSaving()
  const pages = sheetPages({
    search: () =>
      tree.value && setup.value ? { source: source.value, annotator, tree: tree.value, question: setup.value.question } : null,
    renew: searchAgain,
    onShow: onPage,
  })
  const { page, trail, isLoading, isAtEnd } = pages
  const said = sheetMarks({
    ...{ page, setup, isIdle },
    onTouch: clock.touch,
    onChange: () => keep(),
    onFull: () => (notice.value = `${MOST_IN_BATCH} galaxies are saved at once at most. Save these first.`),
  })

  const canTurn = computed(() => isIdle.value && !isLoading.value && page.value.items.length > 0)
  const canConfirm = computed(() => canTurn.value || (isIdle.value && !isLoading.value && said.toSave.value.size > 0))

  /** For whom and of what; for another project or annotator it begins anew, or where this window left it. */
  function open(context: { project: string; annotator: string; round: number | null; tree: DecisionTree }): void {
    const { questions } = context.tree
    const isHere = project === context.project && annotator === context.annotator
    const isSameRound = round === context.round
    ;({ project, annotator, round } = context)
    tree.value = context.tree
    if (source.value.kind === 'list' && source.value.project !== project) source.value = { kind: 'queue' }
    if (!questions.some(({ name }) => name === setup.value?.question)) setup.value = questions[0] ? setupOf(questions[0]) : null
    if (isHere) return isSameRound ? undefined : takeRound()
    const draft = readDraft({ project, annotator })
    restart()
    if (draft && questions.some(({ name }) => name === draft.setup.question)) bringBack(draft)
  }

  /** Another round was opened meanwhile, which is nothing to a list. What is not saved yet stays. */
  function takeRound(): void {
    if (source.value.kind === 'list') return
    if (!said.hasUnsaved.value) return restart()
    pages.begin()
    notice.value = 'Another round is open. What was marked before and not saved is kept: save it, or clear the marks.'
  }

  /** What an earlier window of this project and annotator left; a list that was chosen since goes before, unless something would be lost. */
  function bringBack(draft: SheetDraft): void {
    const isUnsaved = draft.marks.length + draft.looked.length > 0
    const isThere = draft.source.kind === 'list' || draft.round === round
    if ((source.value.kind === 'list' || !isThere) && !isUnsaved) return
    source.value = draft.source
    setup.value = draft.setup
    if (isThere) pages.begin(draft.from, draft.trail)
    said.put({ marks: new Map(draft.marks), looked: new Map(draft.looked) })
    if (isUnsaved) notice.value = 'What was marked here before and not saved is here again: save it, or clear the marks.'
  }

  /** Writes what an earlier window was closed on while it was on its way; on the sheet it counts as saved then. */
  async function recover(): Promise<void> {
    const turns = await recoverBatch(project)
    if (turns.size === 0) return
    const without = (all: SaidByTurn): SaidByTurn => new Map([...all].filter(([turn]) => !turns.has(turn)))
    said.put({ marks: without(said.marks.value), looked: without(said.looked.value) })
    notice.value = 'What was on its way when the window was closed is saved.'
  }

  /** Remembers the sheet for a reload; once all is saved, without what was said. */
  function keep(isSaved = false): void {
    if (setup.value === null || project === '') return
    const [looked, marks] = isSaved ? [[], []] : [[...said.looked.value], [...said.marks.value]]
    const place = { round, source: source.value, setup: setup.value, from: page.value.from, trail: [...trail.value] }
    keepDraft({ project, annotator }, { ...place, looked, marks })
  }

  /** At the first page of another source or question, with nothing said. */
  function restart(change: () => void = () => undefined): void {
    change()
    pages.begin()
    said.clear()
    saved.length = 0
    savedText.value = ''
    notice.value = ''
  }

  /** What is marked belongs to the galaxies and the question on screen. Throws `sheet/unsaved`. */
  function checkNothingUnsaved(): void {
    if (!said.hasUnsaved.value && isIdle.value) return
    const count = galaxiesInWords(said.toSave.value.size)
    throw new AppError('sheet/unsaved', `${count} of the sheet are not saved yet. Save them, or clear the marks, first.`)
  }

  /** Galaxies that were searched for, instead of the open round. Throws `sheet/unsaved`. */
  function beginList(list: SheetList): void {
    checkNothingUnsaved()
    restart(() => (source.value = { kind: 'list', ...list }))
  }
  /** The galaxies of the open round. Throws `sheet/unsaved`. */
  function beginQueue(): void {
    checkNothingUnsaved()
    restart(() => (source.value = { kind: 'queue' }))
  }

  /** Another question, with its first answer for marked ones; the pages begin anew. Throws `sheet/unsaved`. */
  function ask(question: string): void {
    const asked = tree.value?.questions.find(({ name }) => name === question)
    if (!asked || asked.name === setup.value?.question) return
    checkNothingUnsaved()
    restart(() => (setup.value = setupOf(asked)))
  }
  function change(changes: Partial<Omit<SheetSetup, 'question'>>): void {
    if (!setup.value) return
    const next = { ...setup.value, ...changes }
    setup.value = { ...next, unmarked: next.unmarked === next.marked ? null : next.unmarked }
    keep()
  }

  async function searchAgain(): Promise<boolean> {
    if (source.value.kind === 'queue') throw new Error('a queue is no list of a search')
    const { list, isSame } = await searchedAgain(source.value)
    source.value = { kind: 'list', ...list }
    if (!isSame) notice.value = 'The list was searched for again, and begins at its start; what is answered is passed by.'
    return isSame
  }

  /** What changes with the next page, in the moment in which it comes, or cannot be read. */
  async function withPage(change: () => void, load: () => Promise<void>): Promise<void> {
    arrive = () => {
      arrive = () => undefined
      change()
    }
    try {
      await load()
    } finally {
      arrive()
    }
  }

  function onPage(): void {
    arrive()
    said.place(said.active.value)
    if (said.hasUnsaved.value) clock.touch()
    else clock.restart()
    shownAt = Date.now()
    keep()
  }

  /** To the next page without saving; this one counts as looked through. Says so where a batch is full. */
  async function turn(): Promise<void> {
    if (!canTurn.value || isAtEnd.value) return
    notice.value = ''
    if (said.lookedThrough(pages.size.value)) await withPage(() => (said.active.value = 0), pages.forward)
  }

  /** To the page before, with its marks. */
  async function turnBack(): Promise<void> {
    if (!isIdle.value || trail.value.length === 0) return
    notice.value = ''
    await withPage(() => (said.active.value = 0), pages.backward)
  }

  function clearMarks(): void {
    if (isIdle.value) said.clear()
  }

  /** Everything looked through and marked as one batch; marks and page stay as they are until it is committed. */
  async function confirm(): Promise<void> {
    if (!canConfirm.value || !setup.value || Date.now() - shownAt < UNSEEN_MS) return
    notice.value = ''
    const before = { from: page.value.from, trail: trail.value, setup: setup.value, looked: said.looked.value, marks: said.marks.value }
    const shown = page.value
    const all = said.toSave.value
    if (all.size > 0) {
      const batch = batchOf(all, annotator, before.setup.question, clock.read())
      if (!(await sendBatch(project, batch))) return
      saved.push({ ...before, uuids: new Set(batch.entries.map(({ uuid }) => uuid)) })
      saved.splice(0, saved.length - MOST_SHOWN_AGAIN)
      savedText.value = savedInWords(all)
      keep(true)
    } else notice.value = 'Nothing was marked on the page before, so nothing of it was saved.'
    const next = () => {
      said.clear()
      said.active.value = 0
    }
    await withPage(next, () => pages.goOnFrom(shown))
  }

  /** Takes back the latest entry of this annotator: what was saved as one, which is shown again with its marks. */
  async function undo(): Promise<void> {
    if (!isIdle.value || isLoading.value) return
    notice.value = ''
    const written = await takeBack(project, annotator)
    if (!written) return
    if (written.events.length === 0) {
      notice.value = 'Nothing is left to take back.'
      return
    }
    pages.forgetAhead()
    const text = `Taken back: ${galaxiesInWords(written.items.length)}`
    const last = saved.at(-1)
    if (!last || !written.events.some(({ undoes }) => undoes !== null && last.uuids.has(undoes))) {
      notice.value = 'What was taken back was not given on this sheet since it was opened; its galaxies come in their order.'
      trail.value = []
      savedText.value = text
      return pages.load(0)
    }
    saved.pop()
    setup.value = last.setup
    trail.value = last.trail
    const back = () => {
      savedText.value = text
      // What was marked since stays.
      said.put({ marks: saidOf(said.marks.value, last.marks), looked: saidOf(said.looked.value, last.looked) })
    }
    await withPage(back, () => pages.load(last.from))
  }

  return {
    ...{ source, setup, tree, saving, savedText, notice, isIdle, canTurn, canConfirm, page, trail, isLoading, isAtEnd },
    ...{ passed: pages.passed, upcoming: pages.upcoming, load: pages.load, resize: pages.resize },
    ...{ marks: said.marks, looked: said.looked, active: said.active, toSave: said.toSave, hasUnsaved: said.hasUnsaved },
    ...{ markedElsewhere: said.markedElsewhere, markOf: said.markOf, setMark: said.turnMark, toggle: said.toggle, moveTo: said.moveTo },
    ...{ open, beginList, beginQueue, ask, change, turn, turnBack, clearMarks, recover },
    ...{ confirm, undo, retry, discard },
  }
})
