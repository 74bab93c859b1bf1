import { computed, ref, shallowRef, watch } from 'vue'
import type { Question } from '@shared/science/tree/decision-tree'
import { nextQuestion } from '@shared/science/tree/flow'
import { useHintsStore } from '../stores/hints'
import { useLabellingStore } from '../stores/labelling'
import { useLabelsStore, type LabelWrite } from '../stores/labels'
import { useQueueStore } from '../stores/queue'
import { useSettingsStore } from '../stores/settings'
import { useStatusStore } from '../stores/status'
import { stepsOf } from '../tree-path'
import { refusedGuess } from '../hint-words'
import { useTurns } from './useTurns'

type Entry =
  | { kind: 'answer'; question: string; answer: string }
  | { kind: 'cannot-tell'; question: string }
  | { kind: 'note'; note: string }
  | { kind: 'skip' | 'flag' | 'star' }

/** A galaxy as it was looked at, and for how long. */
export type Looked = { galaxyKey: number; turn: string; id: string; durationMs: number }

/** An answer by its number, from 0, or the model's first guess. */
type Choice = number | 'guess'

const ANSWERED_ELSEWHERE = 'This galaxy was answered in another window meanwhile. It is shown as it is now.'

/**
 * What the keys of the Label view do. One question of one galaxy is on screen; an answer is written first and moves on only after its commit
 * ([Note: Saved means committed]). What is typed in between waits: an answer is for the next question of the same galaxy, never for a galaxy that
 * was not yet seen; a mark is of the galaxy that was on screen; undo and moves come in their turn. What is left out is told.
 */
export function useLabelFlow(now: () => number = () => performance.now()) {
  const status = useStatusStore()
  const settings = useSettingsStore()
  const queue = useQueueStore()
  const labels = useLabelsStore()
  const hints = useHintsStore()
  const labelling = useLabellingStore()

  /** A question that the user went back to, by name. */
  const chosen = ref<string | null>(null)
  const notice = ref('')
  /** The question that was answered last, and its galaxy, which may have left the screen since. */
  const lastAnswered = shallowRef<{ galaxyKey: number; turn: string; id: string; question: string } | null>(null)
  let shownAt = now()
  let stoppedAt: number | null = null

  const item = computed(() => queue.current)
  const { inTurn, error } = useTurns(
    () => item.value?.turn,
    (text) => (notice.value = text),
  )
  const steps = computed(() =>
    status.project && item.value ? stepsOf(status.project.tree, item.value.answers, item.value.cannotTell) : [],
  )
  const nextOpen = computed(() =>
    status.project && item.value ? nextQuestion(status.project.tree, item.value.answers, new Set(item.value.cannotTell)) : null,
  )
  const question = computed<Question | null>(
    () => steps.value.find((step) => step.question.name === chosen.value)?.question ?? nextOpen.value,
  )
  /** The answer that is on its way or could not be written, of the galaxy on screen. */
  const pending = computed(() => {
    const { shownSaving } = labels
    const request = (shownSaving.kind === 'sending' || shownSaving.kind === 'failed') && shownSaving.write.kind === 'label' ? shownSaving.write.request : null
    return request && request.turn === item.value?.turn ? request : null
  })

  watch(
    () => `${item.value?.turn} ${question.value?.name}`,
    () => {
      shownAt = now()
      if (stoppedAt !== null) stoppedAt = shownAt
    },
    { flush: 'sync' },
  )
  watch(
    () => queue.changesElsewhere,
    () => (notice.value = ANSWERED_ELSEWHERE),
  )
  watch(
    () => item.value?.turn,
    () => (chosen.value = null),
    { flush: 'sync' },
  )

  /** While nobody can look at the galaxy, the answer takes no time: see [Note: Expert time]. */
  function stopTime(isStopped: boolean): void {
    if (isStopped) stoppedAt ??= now()
    else if (stoppedAt !== null) {
      shownAt += now() - stoppedAt
      stoppedAt = null
    }
  }

  /** `then` goes on from what was written. Whether it was. */
  async function write(entry: LabelWrite, then?: () => Promise<void> | void): Promise<boolean> {
    notice.value = ''
    let goingOn: Promise<void> | void = undefined
    const written = await labels.write(entry, ({ events, items, progress }) => {
      notice.value = ''
      // Of a galaxy that has left the queue, with its round, nothing comes back on screen.
      queue.take({ items: entry.kind === 'label' ? items.filter(({ turn }) => queue.has(turn)) : items, progress })
      if (events.length === 0) notice.value = `Nothing is left to ${entry.kind === 'redo' ? 'redo' : 'undo'}.`
      if (entry.kind !== 'label' && items[0]) {
        chosen.value = null
        queue.show(items[0].turn)
      }
      goingOn = then?.()
    })
    if (written === null) {
      notice.value = ''
      if (labels.saving.kind === 'refused' && entry.kind === 'label') await queue.renew(entry.request.galaxyKey)
    }
    await goingOn
    return written !== null
  }

  /** The galaxy on screen, and how long its question has been there. */
  function looked(): Looked | null {
    if (!item.value) return null
    const { galaxyKey, turn, id } = item.value
    return { galaxyKey, turn, id, durationMs: Math.round(now() - shownAt) }
  }

  function record(entry: Entry, { id, ...look }: Looked, then?: () => Promise<void>): Promise<boolean> {
    const request = { uuid: crypto.randomUUID(), annotator: settings.annotator, ...look, ...entry }
    const { galaxyKey, turn } = look
    return write({ kind: 'label', request }, () => {
      if ('question' in entry) lastAnswered.value = { galaxyKey, turn, id, question: entry.question }
      return then?.()
    })
  }

  async function say(choice: Choice): Promise<void> {
    const look = looked()
    const asked = question.value
    const name = choice === 'guess' ? guessed() : asked?.answers[choice]
    if (!look || !asked || name === undefined) return
    await record({ kind: 'answer', question: asked.name, answer: name }, look, goOn)
  }

  /** Answers the question on screen with its answer number `choice`, from 0, or as the model would. */
  const answer = (choice: Choice) => inTurn(() => say(choice), true)

  /** The same by pointer: what was pointed at belongs to the question that was on screen, so a double click answers once. */
  function pick(choice: number): Promise<void> {
    const asked = question.value?.name
    return inTurn(() => (question.value?.name === asked ? say(choice) : undefined), true)
  }

  /** The model's first guess for the question on screen; where it cannot be taken, why not is said. */
  function guessed(): string | undefined {
    const turn = item.value?.turn
    const step = steps.value.find((each) => each.question === question.value)
    if (turn === undefined || !step) return undefined
    const isOpen = step.answer === null && !step.isUntold
    const hint = hints.hintOf(turn, step.question.name)
    notice.value = refusedGuess(labelling.settings?.hints ?? 'never', isOpen, hints.of(turn), hint)
    return notice.value === '' ? (hint?.guess ?? undefined) : undefined
  }

  /** Takes the model's first guess, where the project lets it be seen before the answer. */
  const guess = () => answer('guess')

  /** To the next question, or the next galaxy where there is none. */
  async function goOn(): Promise<void> {
    chosen.value = null
    if (question.value === null) await queue.advance()
  }

  /** Leaves the question on screen without an answer, and what hangs from it. */
  const cannotTell = () =>
    inTurn(async () => {
      const look = looked()
      if (look && question.value) await record({ kind: 'cannot-tell', question: question.value.name }, look, goOn)
    }, true)

  const skip = () =>
    inTurn(async () => {
      const look = looked()
      if (look) await record({ kind: 'skip' }, look, queue.advance)
    }, true)

  /** Marks and notes are of the galaxy that was on screen, also where it has left it meanwhile. Whether it was saved. */
  async function mark(entry: Entry, look = looked()): Promise<boolean> {
    return look !== null && ((await inTurn(() => record(entry, look))) ?? false)
  }
  /** Each turns its mark over. */
  const flag = () => mark({ kind: 'flag' })
  const star = () => mark({ kind: 'star' })

  const note = (text: string, look: Looked): Promise<boolean> => mark({ kind: 'note', note: text }, look)

  const takeBack = (kind: 'undo' | 'redo') =>
    inTurn(() => write({ kind, request: { uuid: crypto.randomUUID(), annotator: settings.annotator } }))
  const undo = () => takeBack('undo')
  const redo = () => takeBack('redo')

  /** To the question before, to be answered again; from the first one, to the galaxy before. */
  const back = () =>
    inTurn(async () => {
      const at = steps.value.findIndex((step) => step.question === question.value)
      const before = at === -1 ? steps.value.length - 1 : at - 1
      if (before >= 0 && item.value) chosen.value = steps.value[before]!.question.name
      else await queue.step(-1)
    })

  /** On from a question that was gone back to, else to the next galaxy, done or not. */
  const next = () =>
    inTurn(async () => {
      if (chosen.value !== null) chosen.value = null
      else await queue.step(1)
    })

  /** From wherever the user went back to: to the next galaxy that is still to do. */
  const goOnLabelling = () => inTurn(queue.advance)

  const change = (name: string) => inTurn(() => void (chosen.value = name), true)

  /** Brings any galaxy on screen. */
  const visit = (galaxyKey: number) => inTurn(() => queue.visit(galaxyKey))

  return {
    item,
    steps,
    question,
    stopTime,
    looked,
    pending,
    notice,
    lastAnswered,
    error,
    answer,
    pick,
    guess,
    cannotTell,
    skip,
    flag,
    star,
    note,
    undo,
    redo,
    back,
    next,
    goOnLabelling,
    change,
    visit,
  }
}

export type LabelFlow = ReturnType<typeof useLabelFlow>
