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

type Entry =
  | { kind: 'answer'; question: string; answer: string }
  | { kind: 'cannot-tell'; question: string }
  | { kind: 'note'; note: string }
  | { kind: 'skip' | 'flag' | 'star' }

/** An answer by its number, from 0, or the model's first guess. */
type Choice = number | 'guess'

/**
 * What the keys of the Label view do. One question of one galaxy is on screen; an answer is written first and moves on only after its commit
 * ([Note: Saved means committed]). An answer typed in between is held and used for the next question of the same galaxy, never for
 * a galaxy that was not yet seen.
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
  const held: Choice[] = []
  /** The question that was answered last, and its galaxy, which may have left the screen since. */
  const lastAnswered = shallowRef<{ galaxyKey: number; turn: string; id: string; question: string } | null>(null)
  let shownAt = now()
  let stoppedAt: number | null = null

  const item = computed(() => queue.current)
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
    const { saving } = labels
    const request = saving.kind !== 'idle' && saving.write.kind === 'label' ? saving.write.request : null
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
    () => item.value?.turn,
    () => {
      chosen.value = null
      held.length = 0
    },
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

  async function write(entry: LabelWrite): Promise<boolean> {
    notice.value = ''
    const written = await labels.write(entry)
    if (!written) held.length = 0
    if (written) queue.take(written)
    if (written?.events.length === 0) notice.value = `Nothing is left to ${entry.kind === 'redo' ? 'redo' : 'undo'}.`
    const first = written?.items[0]
    if (entry.kind !== 'label' && first) {
      chosen.value = null
      queue.show(first.turn)
    }
    return written !== null
  }

  async function record(entry: Entry): Promise<boolean> {
    const { galaxyKey, turn, id } = item.value!
    const durationMs = Math.round(now() - shownAt)
    const request = { uuid: crypto.randomUUID(), galaxyKey, turn, annotator: settings.annotator, durationMs, ...entry }
    const isWritten = await write({ kind: 'label', request })
    if (isWritten && 'question' in entry) lastAnswered.value = { galaxyKey, turn, id, question: entry.question }
    return isWritten
  }

  /** Answers the question on screen with its answer number `choice`, from 0, or as the model would. */
  async function answer(choice: Choice): Promise<void> {
    if (!labels.isIdle) {
      if (labels.saving.kind === 'sending' && held.length < 9) held.push(choice)
      return
    }
    const asked = question.value
    const name = choice === 'guess' ? guessed() : asked?.answers[choice]
    if (!item.value || !asked || name === undefined) return
    if (!(await record({ kind: 'answer', question: asked.name, answer: name }))) return
    await goOn()
    const next = held.shift()
    if (next !== undefined) await answer(next)
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
  async function cannotTell(): Promise<void> {
    if (!labels.isIdle || !item.value || !question.value) return
    if (await record({ kind: 'cannot-tell', question: question.value.name })) await goOn()
  }

  async function skip(): Promise<void> {
    if (!labels.isIdle || !item.value) return
    if (await record({ kind: 'skip' })) await queue.advance()
  }

  /** Each turns its mark over. */
  async function mark(kind: 'flag' | 'star'): Promise<void> {
    if (labels.isIdle && item.value) await record({ kind })
  }
  const flag = () => mark('flag')
  const star = () => mark('star')

  /** Whether it was saved. */
  async function note(text: string): Promise<boolean> {
    return labels.isIdle && item.value !== null && text.trim() !== '' && (await record({ kind: 'note', note: text.trim() }))
  }

  async function takeBack(kind: 'undo' | 'redo'): Promise<void> {
    if (labels.isIdle) await write({ kind, request: { uuid: crypto.randomUUID(), annotator: settings.annotator } })
  }
  const undo = () => takeBack('undo')
  const redo = () => takeBack('redo')

  /** To the question before, to be answered again; from the first one, to the galaxy before. */
  function back(): void {
    if (!labels.isIdle) return
    const at = steps.value.findIndex((step) => step.question === question.value)
    const before = at === -1 ? steps.value.length - 1 : at - 1
    if (before >= 0 && item.value) chosen.value = steps.value[before]!.question.name
    else void queue.step(-1)
  }

  /** On from a question that was gone back to, else to the next galaxy, done or not. */
  function next(): void {
    if (!labels.isIdle) return
    if (chosen.value !== null) chosen.value = null
    else void queue.step(1)
  }

  /** From wherever the user went back to: to the next galaxy that is still to do. */
  async function goOnLabelling(): Promise<void> {
    if (labels.isIdle) await queue.advance()
  }

  function change(name: string): void {
    if (labels.isIdle) chosen.value = name
  }

  return {
    item,
    steps,
    question,
    stopTime,
    pending,
    notice,
    lastAnswered,
    answer,
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
  }
}

export type LabelFlow = ReturnType<typeof useLabelFlow>
