import { computed, ref, watch } from 'vue'
import { agreementSteps, isSettled, openStep } from '@shared/science/agreement/agreement-steps'
import { useAgreementStore } from '../stores/agreement'
import { useSettingsStore } from '../stores/settings'
import { useStatusStore } from '../stores/status'
import { useTurns } from './useTurns'

/** What the keys of the Agreement view do: one question of one galaxy after the other, written before it moves on. */
export function useResolve(now: () => number = () => performance.now()) {
  const status = useStatusStore()
  const settings = useSettingsStore()
  const agreement = useAgreementStore()

  /** A question that the user chose, by name. */
  const chosen = ref<string | null>(null)
  const notice = ref('')
  /** Galaxies that the annotator has not labelled and wants to see all the same. */
  const uncovered = ref<ReadonlySet<number>>(new Set())
  let shownAt = now()

  const difference = computed(() => agreement.current)
  const steps = computed(() => (status.project && difference.value ? agreementSteps(status.project.tree, difference.value) : []))
  const settled = computed(() => isSettled(steps.value))
  const step = computed(
    () => steps.value.find(({ question }) => question.name === chosen.value) ?? openStep(steps.value) ?? steps.value[0] ?? null,
  )
  /** Whoever labels in this project, and has still to label this galaxy, would no longer do it blind. */
  const isCovered = computed(() => {
    const me = settings.annotator
    const shown = difference.value
    if (!shown || uncovered.value.has(shown.galaxyKey)) return false
    return (
      (agreement.agreement?.annotators ?? []).some(({ name, galaxies }) => name === me && galaxies > 0) &&
      !shown.answers.some(({ annotator }) => annotator === me)
    )
  })

  watch(
    () => difference.value?.galaxyKey,
    () => (chosen.value = null),
    { flush: 'sync' },
  )
  watch(
    () => `${difference.value?.galaxyKey} ${step.value?.question.name} ${isCovered.value}`,
    () => (shownAt = now()),
    { flush: 'sync' },
  )

  const { inTurn, error } = useTurns(
    () => difference.value?.galaxyKey,
    (text) => (notice.value = text),
  )

  /** Goes on to what is open next: of this galaxy, else the next galaxy. */
  async function say(index: number): Promise<void> {
    const galaxyKey = difference.value?.galaxyKey
    const asked = step.value?.question
    const answer = asked?.answers[index]
    if (isCovered.value || !asked || answer === undefined || settings.annotator === '') return
    notice.value = ''
    if (!(await agreement.resolve(settings.annotator, { question: asked.name, answer }, Math.round(now() - shownAt)))) return
    if (difference.value?.galaxyKey !== galaxyKey) return
    chosen.value = null
    if (openStep(steps.value) === null) await agreement.step(1)
  }

  /** Agrees on the answer number `index`, from 0, of the question that is on screen when its turn comes. */
  const agree = (index: number) => inTurn(() => say(index), true)

  /** The same by pointer: a double click agrees once. */
  function pick(index: number): Promise<void> {
    const asked = step.value?.question.name
    return inTurn(() => (step.value?.question.name === asked ? say(index) : undefined), true)
  }

  const takeBack = (kind: 'undo' | 'redo', isNone: string): Promise<void> =>
    inTurn(async () => {
      if (settings.annotator === '') return
      notice.value = (await agreement.takeBack(kind, settings.annotator)) ? '' : isNone
    })
  const undo = () => takeBack('undo', 'You have resolved nothing that could be taken back.')
  const redo = () => takeBack('redo', 'You have taken back nothing that could be brought back.')

  function stepQuestion(by: 1 | -1): void {
    const at = steps.value.findIndex(({ question }) => question === step.value?.question)
    chosen.value = steps.value[Math.max(0, Math.min(steps.value.length - 1, at + by))]?.question.name ?? null
  }

  function uncover(): void {
    if (difference.value) uncovered.value = new Set([...uncovered.value, difference.value.galaxyKey])
  }

  const choose = (question: string) => (chosen.value = question)
  return { difference, steps, step, settled, isCovered, notice, error, agree, pick, undo, redo, choose, stepQuestion, uncover }
}

export type ResolveFlow = ReturnType<typeof useResolve>
