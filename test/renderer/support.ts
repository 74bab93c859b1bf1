import { createPinia, setActivePinia } from 'pinia'
import { afterEach, vi } from 'vitest'
import { findTree } from '@shared/science/tree/built-in'
import { isComplete, questionsAsked } from '@shared/science/tree/flow'
import type { Acquisition, Metrics, ModelCard, ProjectSummary, QueueItem, RoundRecord } from '@shared/contract/records'
import type { LabelRequest, Status } from '@shared/contract/requests'
import type { Job } from '@shared/contract/job'

/** Questions of a smooth galaxy: smooth-or-featured, how-rounded, something-odd. */
export const gz2 = findTree('gz2')

export type Call = { method: string; path: string; body: unknown }
type Answer = Response | Promise<Response>
/** A route that hands on to another may leave the headers out. */
export type Routes = Record<string, (body: unknown, url: URL, headers?: Headers) => Answer>

export const json = (body: unknown, status = 200): Response =>
  new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json' } })

/**
 * Replaces the network, and nothing else, by these routes (`GET /api/status`). Gives the calls in their order. A route that is missing
 * answers 404, as the server does.
 */
export function serve(routes: Routes): { calls: Call[] } {
  const calls: Call[] = []
  vi.stubGlobal('fetch', async (address: string, init: RequestInit = {}) => {
    const url = new URL(address, 'http://127.0.0.1')
    const method = init.method ?? 'GET'
    const body: unknown = typeof init.body === 'string' ? JSON.parse(init.body) : undefined
    calls.push({ method, path: url.pathname + url.search, body })
    const route = routes[`${method} ${url.pathname}`]
    return route
      ? route(body, url, new Headers(init.headers))
      : json({ code: 'server/unknown-route', message: `There is nothing at ${url.pathname}.` }, 404)
  })
  return { calls }
}

/** A promise that is settled by hand. */
export function deferred<T>(): { promise: Promise<T>; resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => undefined
  const promise = new Promise<T>((done) => (resolve = done))
  return { promise, resolve }
}

/** Fresh stores and an empty memory of the window. */
export function freshStores(): void {
  localStorage.clear()
  sessionStorage.clear()
  setActivePinia(createPinia())
}

afterEach(() => {
  vi.unstubAllGlobals()
  vi.useRealTimers()
})

export const project = (changes: Partial<ProjectSummary> = {}): ProjectSummary => ({
  path: '/data/sky.galaxydesk',
  name: 'sky',
  tree: { id: 'gz2', questions: gz2.questions.map(({ name, answers, after }) => ({ name, answers: [...answers], after: [...after] })) },
  counts: { galaxies: 100, withImages: 100, withVotes: 0, pool: 60, labelled: 10, test: 30, testLabelled: 30 },
  splitSeed: 1,
  hasVotes: false,
  openRound: 1,
  latestModel: 'model-0',
  ...changes,
})

export const statusOf = (summary: ProjectSummary | null, jobs: Job[] = []): Status => ({
  version: '0.1.0',
  engine: null,
  engineSetting: { choice: 'auto', isPending: false, failure: null, startedWith: null },
  project: summary,
  startFailure: null,
  jobs,
})

export const acquisition = (changes: Partial<Acquisition> = {}): Acquisition => ({
  round: 1,
  rank: 1,
  strategy: 'mutual-information-tree',
  modelId: 'model-0',
  score: 0.42,
  isRandom: false,
  inclusionProbability: null,
  parts: { 'smooth-or-featured': { nats: 0.3, proportionAsked: null }, bar: { nats: 0.12, proportionAsked: null } },
  ...changes,
})

export const galaxy = (galaxyKey: number, changes: Partial<QueueItem> = {}): QueueItem => ({
  galaxyKey,
  id: `galaxy-${galaxyKey}`,
  raDeg: 180.5,
  decDeg: -1.25,
  pixelScaleArcsec: 0.1,
  imageUrl: `/api/galaxies/${galaxyKey}/image?view=1`,
  turn: `turn-${galaxyKey}`,
  answers: [],
  cannotTell: [],
  notes: [],
  isSkipped: false,
  isFlagged: false,
  isStarred: false,
  isComplete: false,
  acquisition: acquisition({ rank: galaxyKey }),
  ...changes,
})

export const job = (changes: Partial<Job> = {}): Job => ({
  id: 'job-1',
  job: { kind: 'sample', params: { path: '/data/sample.galaxydesk', galaxies: 600, seed: 1 } },
  state: 'running',
  modelId: null,
  progress: null,
  lossCurve: [],
  engine: null,
  error: null,
  result: null,
  createdAt: '2026-01-01T00:00:00.000Z',
  finishedAt: null,
  ...changes,
})

export const card = (id: string, round: number): ModelCard => ({
  id,
  network: 'w20-cnn-tree',
  parent: null,
  round,
  treeId: 'gz2',
  treeVersion: 'v',
  outputs: [],
  likelihood: 'dirichlet-multinomial',
  sizePx: 64,
  batch: 32,
  epochs: 10,
  bestEpoch: 8,
  bestValidationLoss: 3.2,
  seed: 5,
  engine: 'wasm',
  trainingGalaxies: 120,
  validationGalaxies: 30,
  combine: 'replace',
  expertWeight: 1,
  trainedPart: 'all',
  trainingSeconds: 61,
  parameters: 1_335_394,
  createdAt: '2026-01-01T00:00:00.000Z',
  weightsSha256: 'abc',
  meanFractions: null,
  microBatch: 32,
  learningRate: 1e-3,
  schedule: 'constant',
  clipNorm: 5,
  averageDecay: null,
  labelSequence: null,
})

export const metrics = (meanRmse: number | null, changes: Partial<Metrics> = {}): Metrics => ({
  modelId: 'model-0',
  testGalaxies: 140,
  meanRmse,
  caveat: null,
  thresholds: { minFirstVotes: 34, minProportionAsked: 0.5, minQuestionVotes: 20 },
  questions: {
    'smooth-or-featured': {
      accuracy: 0.85,
      n: 140,
      answers: {
        smooth: { rmse: 0.15, rmseConstant: 0.26, noiseFloor: 0.06, n: 140, ratio: { ratio: 0.577, low: 0.5, high: 0.66 } },
        artifact: { rmse: 0.03, rmseConstant: 0.04, noiseFloor: 0.02, n: 140, ratio: { ratio: 0.75, low: 0.4, high: 1.1 } },
      },
    },
    bar: { accuracy: null, n: 0, answers: { yes: { rmse: null, rmseConstant: null, noiseFloor: null, n: 0, ratio: null } } },
  },
  ...changes,
})

export const round = (number: number, changes: Partial<RoundRecord> = {}): RoundRecord => ({
  number,
  strategy: number === 0 ? 'random' : 'mutual-information-tree',
  chosenBy: number === 0 ? null : `model-${number - 1}`,
  seed: 1,
  galaxies: 32,
  labelled: 32,
  expertMinutes: 0,
  openedAt: '2026-01-01T00:00:00.000Z',
  isOpen: false,
  models: [],
  ...changes,
})

const progressOf = (items: readonly QueueItem[]) => ({
  total: items.length,
  complete: items.filter((item) => item.isComplete).length,
  skipped: items.filter((item) => item.isSkipped && !item.isComplete).length,
})

/** What the server answers after a commit: the entries and the galaxy that they are about. */
export const written = (events: unknown[], items: readonly QueueItem[], galaxyKey?: number) => ({
  events,
  items: items.filter((item) => item.galaxyKey === galaxyKey),
  progress: progressOf(items),
})

/** The queue over galaxies in memory, at the positions 2, 4, 6 …, page by page as the server gives it. */
export function queueRoutes(items: readonly QueueItem[]): Routes {
  const positionOf = (index: number) => 2 * (index + 1)
  const placed = () => items.map((item, i) => ({ ...item, position: positionOf(i) }))
  return {
    'GET /api/queue': (_, { searchParams }) => {
      const limit = Number(searchParams.get('limit'))
      const before = searchParams.get('before')
      const part =
        before === null
          ? placed()
              .filter(({ position }) => position >= Number(searchParams.get('from')))
              .slice(0, limit)
          : placed()
              .filter(({ position }) => position < Number(before))
              .slice(-limit)
      return json({ round: 1, ...progressOf(items), items: part })
    },
    'GET /api/queue/next': (_, { searchParams }) => {
      const wantsSkipped = searchParams.get('skipped') === 'true'
      const next = placed().find(
        ({ position, isComplete, isSkipped }) => position > Number(searchParams.get('after')) && !isComplete && isSkipped === wantsSkipped,
      )
      return json({ position: next?.position ?? null })
    },
  }
}

/** A request as the log has it. */
export const eventOf = (request: LabelRequest) => ({
  question: null,
  answer: null,
  note: null,
  undoes: null,
  batch: null,
  durationMs: null,
  ...request,
  round: 1,
  at: '2026-01-01T00:00:00.000Z',
})

/** The routes of labelling over galaxies in memory. They answer as the server does: complete when the tree asks nothing more. */
export function labelRoutes(items: QueueItem[]): Routes {
  const log: LabelRequest[] = []
  const record = (request: LabelRequest) => {
    const at = items.findIndex(({ galaxyKey }) => galaxyKey === request.galaxyKey)
    const item = items[at]!
    if (request.kind === 'answer') {
      const answers = [
        ...item.answers.filter(({ question }) => question !== request.question),
        { question: request.question!, answer: request.answer! },
      ]
      items[at] = { ...item, answers, isComplete: isComplete(gz2, answers) }
    }
    if (request.kind === 'skip') items[at] = { ...item, isSkipped: true }
    if (request.kind === 'flag') items[at] = { ...item, isFlagged: !item.isFlagged }
    if (request.kind === 'star') items[at] = { ...item, isStarred: !item.isStarred }
    if (request.kind === 'note') items[at] = { ...item, notes: [...item.notes, { uuid: request.uuid, note: request.note! }] }
    if (request.kind === 'cannot-tell') {
      const cannotTell = [...item.cannotTell, request.question!]
      const said = [...item.answers.map(({ question }) => question), ...cannotTell]
      items[at] = { ...item, cannotTell, isComplete: questionsAsked(gz2, item.answers).every(({ name }) => said.includes(name)) }
    }
    log.push(request)
    return eventOf(request)
  }
  return {
    ...queueRoutes(items),
    'POST /api/labels': (body) => {
      const request = body as LabelRequest
      return json(written([record(request)], items, request.galaxyKey))
    },
    'POST /api/labels/undo': (body) => {
      const last = log.pop()
      if (!last) return json(written([], items))
      const at = items.findIndex(({ galaxyKey }) => galaxyKey === last.galaxyKey)
      const item = items[at]!
      const answers = item.answers.filter(({ question }) => last.kind !== 'answer' || question !== last.question)
      items[at] = { ...item, answers, isComplete: isComplete(gz2, answers), isSkipped: last.kind !== 'skip' && item.isSkipped }
      const { uuid, annotator } = body as { uuid: string; annotator: string }
      return json(
        written([eventOf({ uuid, annotator, galaxyKey: last.galaxyKey, kind: 'undo', undoes: last.uuid })], items, last.galaxyKey),
      )
    },
  }
}
