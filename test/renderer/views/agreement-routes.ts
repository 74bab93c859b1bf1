import type { Agreement, Difference } from '@shared/contract/quality'
import type { LabelEvent } from '@shared/contract/records'
import type { LabelRequest, UndoRequest } from '@shared/contract/requests'
import { agreementSteps, isSettled } from '@shared/science/agreement/agreement-steps'
import { eventOf, gz2, json, written, type Routes } from '../support'
import { kappa, unknownKappa } from './page'

/** The agreement of two annotators over galaxies in memory, as the server keeps it: those that are settled last. */
export function agreementRoutes(differences: readonly Difference[], log: LabelEvent[] = []): Routes {
  const undoOf = (uuid: string) => log.find(({ undoes }) => undoes === uuid)
  const stands = ({ uuid }: LabelEvent): boolean => {
    const undo = undoOf(uuid)
    return undo === undefined || !stands(undo)
  }
  /** How many links it is away from the entry it is about: odd ones take back, even ones bring back. */
  const depth = ({ undoes }: LabelEvent): number => (undoes === null ? 0 : 1 + depth(log.find(({ uuid }) => uuid === undoes)!))
  const takeBack = (target: LabelEvent | undefined, { uuid, annotator }: UndoRequest) => {
    if (!target) return json(written([], []))
    const event = eventOf({ uuid, annotator, galaxyKey: target.galaxyKey, kind: 'undo', undoes: target.uuid }) as LabelEvent
    log.push(event)
    return json(written([event], []))
  }
  const isResolved = (difference: Difference) => isSettled(agreementSteps(gz2, difference))
  const now = (): Difference[] => {
    const all = differences.map((difference) => ({
      ...difference,
      resolved: log
        .filter((event) => event.kind === 'resolve' && event.galaxyKey === difference.galaxyKey && stands(event))
        .map(({ question, answer }) => ({ question: question!, answer: answer! })),
    }))
    return [...all.filter((each) => !isResolved(each)), ...all.filter(isResolved)]
  }
  const summary = (): Agreement => ({
    annotators: [
      { name: 'Ada', galaxies: 40, entries: 120 },
      { name: 'Ben', galaxies: 40, entries: 130 },
    ],
    method: 'cohen',
    galaxies: 40,
    questions: {
      'smooth-or-featured': kappa(),
      bar: kappa({ kappa: null, low: null, high: null, agreement: 1, n: 5 }),
      ring: unknownKappa,
    },
    differing: differences.length,
    resolved: now().filter(isResolved).length,
  })
  return {
    'GET /api/agreement': () => json(summary()),
    'GET /api/agreement/differences': (_, { searchParams }) => {
      const only = searchParams.get('galaxyKey')
      if (only !== null) return json({ differences: now().filter(({ galaxyKey }) => galaxyKey === Number(only)) })
      const offset = Number(searchParams.get('offset'))
      return json({ differences: now().slice(offset, offset + Number(searchParams.get('limit'))) })
    },
    'POST /api/labels/undo': (body) => {
      const latest = log.findLast((event) => event.kind === 'resolve' && stands(event))
      const tail = (event: LabelEvent): LabelEvent => (undoOf(event.uuid) ? tail(undoOf(event.uuid)!) : event)
      return takeBack(latest && tail(latest), body as UndoRequest)
    },
    'POST /api/labels/redo': (body) => {
      const since = log.slice(log.findLastIndex(({ kind }) => kind === 'resolve'))
      const undone = since.findLast((event) => depth(event) % 2 === 1 && stands(event))
      return takeBack(undone, body as UndoRequest)
    },
    'POST /api/labels': (body) => {
      const event = eventOf(body as LabelRequest) as LabelEvent
      log.push(event)
      return json(written([event], []))
    },
  }
}
const given = (answers: Record<string, string>) => Object.entries(answers).map(([question, answer]) => ({ question, answer }))
/** A galaxy that one calls smooth and the other an artifact. */
export const differing = (galaxyKey: number): Difference => ({
  galaxyKey,
  id: `galaxy-${galaxyKey}`,
  imageUrl: `/api/galaxies/${galaxyKey}/image?view=1`,
  questions: ['smooth-or-featured'],
  answers: [
    { annotator: 'Ada', answers: given({ 'smooth-or-featured': 'smooth', 'how-rounded': 'round', 'something-odd': 'no' }), cannotTell: [] },
    { annotator: 'Ben', answers: given({ 'smooth-or-featured': 'artifact' }), cannotTell: [] },
  ],
  resolved: [],
})
