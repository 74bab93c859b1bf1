import { z } from 'zod'
import { AppError } from '@shared/science/errors'
import { examplesSchema, neighboursSchema } from '@shared/contract/beside'
import { engineReportSchema, engineSettingSchema, type EngineChoice } from '@shared/contract/engine'
import {
  galaxyContextSchema,
  historySchema,
  labellingSettingsSchema,
  writtenSchema,
  type LabellingSettings,
} from '@shared/contract/labelling'
import { errorBodySchema } from '@shared/contract/errors'
import { goldTakenSchema, type GoldRequest } from '@shared/contract/gold'
import { hintsSchema, type HintRequest } from '@shared/contract/hints'
import { jobSchema, type jobParamsSchema } from '@shared/contract/job'
import { agreementSchema, differenceSchema, pairAgreementSchema, qualitySchema } from '@shared/contract/quality'
import { projectSummarySchema, queueItemSchema, queueSchema, recentProjectSchema, roundRecordSchema } from '@shared/contract/records'
import {
  folderListingSchema,
  PROJECT_HEADER,
  statusSchema,
  type BatchRequest,
  type LabelRequest,
  type SplitRequest,
  type UndoRequest,
} from '@shared/contract/requests'
import {
  savedSearchSchema,
  searchAnswerSchema,
  searchColumnsSchema,
  searchRowsSchema,
  type RowsRequest,
  type SaveSearch,
  type AskSearch,
} from '@shared/contract/search'

/** The server refused a request or did not answer. `status` is its HTTP status, null when there was no answer at all. */
export class RequestError extends AppError {
  constructor(
    code: string,
    message: string,
    readonly status: number | null,
    options?: ErrorOptions,
  ) {
    super(code, message, options)
    this.name = 'RequestError'
  }
}

/** Whether the server looked at what was to be written and will not have it: sent again, it would be refused again. */
export const isRefusal = (thrown: unknown): boolean => thrown instanceof RequestError && /^(label|galaxy|request)\//.test(thrown.code)

const treeListSchema = z.object({ trees: z.array(z.object({ id: z.string(), questions: z.number().int(), answers: z.number().int() })) })
export type TreeListing = z.infer<typeof treeListSchema>['trees'][number]
const projectListSchema = z.object({ recent: z.array(recentProjectSchema), suggestedFolder: z.string() })
const savedListSchema = z.object({ searches: z.array(savedSearchSchema) })
const positionSchema = z.object({ position: z.number().int().nullable() })
/** A stretch of the queue: from a position on, or what stands before one. */
type QueuePart = { limit: number } & ({ from: number } | { before: number })

/** A job as it is asked for: what has a default may be left out. */
type AnyJobRequest = z.input<typeof jobParamsSchema>
export type SampleRequest = Extract<AnyJobRequest, { kind: 'sample' }>['params']
/** In a project that is there. */
export type JobRequest = Exclude<AnyJobRequest, { kind: 'sample' }>

async function readError(response: Response): Promise<RequestError> {
  const body = errorBodySchema.safeParse(await response.json().catch(() => null))
  if (body.success) return new RequestError(body.data.code, body.data.message, response.status)
  return new RequestError(
    'server/unexpected-answer',
    `The server answered ${response.status} without a reason. Try again.`,
    response.status,
  )
}

async function send<S extends z.ZodType>(
  method: 'GET' | 'POST' | 'DELETE',
  path: string,
  schema: S,
  body?: unknown,
  more: RequestInit = {},
): Promise<z.infer<S>> {
  const init: RequestInit = { method, credentials: 'same-origin', ...more }
  if (body !== undefined)
    Object.assign(init, { headers: { 'content-type': 'application/json', ...more.headers }, body: JSON.stringify(body) })
  const response = await fetch(path, init).catch((cause: unknown) => {
    throw new RequestError('server/unreachable', 'Galaxy Desk does not answer. If it was closed, start it again.', null, { cause })
  })
  if (!response.ok) throw await readError(response)
  return schema.parse(await response.json())
}

const get = <S extends z.ZodType>(path: string, schema: S) => send('GET', path, schema)
/** For what nobody waits for: after everything else, and given up where it is no longer wanted. */
const getLater = <S extends z.ZodType>(path: string, schema: S, signal: AbortSignal) =>
  send('GET', path, schema, undefined, { signal, priority: 'low' })
const post = <S extends z.ZodType>(path: string, schema: S, body: unknown = {}) => send('POST', path, schema, body)
/** What is for one project is refused where another is open by now: see [Note: Of this project]. */
const of = (project: string): RequestInit => ({ headers: { [PROJECT_HEADER]: encodeURIComponent(project) } })
const write = <S extends z.ZodType>(project: string, path: string, schema: S, body: unknown = {}) =>
  send('POST', path, schema, body, of(project))
const query = (values: Record<string, string | number | boolean>) =>
  new URLSearchParams(Object.entries(values).map(([name, value]) => [name, String(value)])).toString()

/**
 * Every route the window uses. See [Note: The routes]. Each checks the answer and throws a `RequestError` where the server refuses. `project`: the
 * folder of the one that was on screen when the user asked for it.
 */
export const api = {
  status: () => get('/api/status', statusSchema),
  engines: () => get('/api/engines', engineReportSchema),
  chooseEngine: (choice: EngineChoice) => post('/api/engine', engineSettingSchema, { choice }),
  folders: (path: string | null) => get(`/api/folders${path === null ? '' : `?${query({ path })}`}`, folderListingSchema),
  trees: () => get('/api/trees', treeListSchema),
  projects: () => get('/api/projects', projectListSchema),
  createProject: (request: { path: string; tree: string }) => post('/api/projects', projectSummarySchema, request),
  openProject: (path: string) => post('/api/projects/open', projectSummarySchema, { path }),
  split: (project: string, request: SplitRequest) => write(project, '/api/split', projectSummarySchema, request),
  queue: (annotator: string, part: QueuePart) => get(`/api/queue?${query({ annotator, ...part })}`, queueSchema),
  nextInQueue: (annotator: string, after: number, skipped = false) =>
    get(`/api/queue/next?${query({ annotator, after, skipped })}`, positionSchema),
  queueItem: (galaxyKey: number, annotator: string) =>
    get(`/api/queue/item?${query({ galaxyKey, annotator })}`, z.object({ item: queueItemSchema })),
  queueItems: (galaxyKeys: readonly number[], annotator: string) =>
    post('/api/queue/items', z.object({ items: z.array(queueItemSchema) }), { galaxyKeys, annotator }),
  hints: (project: string, request: HintRequest) => write(project, '/api/hints', hintsSchema, request),
  label: (project: string, request: LabelRequest) => write(project, '/api/labels', writtenSchema, request),
  labelBatch: (project: string, request: BatchRequest) => write(project, '/api/labels/batch', writtenSchema, request),
  undo: (project: string, request: UndoRequest) => write(project, '/api/labels/undo', writtenSchema, request),
  redo: (project: string, request: UndoRequest) => write(project, '/api/labels/redo', writtenSchema, request),
  labelling: () => get('/api/labelling', labellingSettingsSchema),
  changeLabelling: (project: string, changes: Partial<LabellingSettings>) =>
    write(project, '/api/labelling', labellingSettingsSchema, changes),
  takeGold: (project: string, request: GoldRequest) => write(project, '/api/gold', goldTakenSchema, request),
  agreement: () => get('/api/agreement', agreementSchema),
  pairAgreement: (first: string, second: string) => get(`/api/agreement/pair?${query({ first, second })}`, pairAgreementSchema),
  differences: (offset: number, limit: number) =>
    get(`/api/agreement/differences?${query({ offset, limit })}`, z.object({ differences: z.array(differenceSchema) })),
  differenceOf: (galaxyKey: number) =>
    get(`/api/agreement/differences?${query({ galaxyKey })}`, z.object({ differences: z.array(differenceSchema) })),
  annotators: () => get('/api/annotators', z.object({ annotators: z.array(z.string()) })),
  quality: (annotator: string) => get(`/api/quality?${query({ annotator })}`, qualitySchema),
  history: (values: { before?: number; text?: string; galaxyKey?: number; annotator?: string }) =>
    get(`/api/history?${query(values)}`, historySchema),
  galaxy: (galaxyKey: number, annotator: string, shown: { votes: boolean; others: boolean; columns: boolean }) =>
    get(`/api/galaxies/${galaxyKey}?${query({ annotator, ...shown })}`, galaxyContextSchema),
  examples: (annotator: string, signal: AbortSignal) => getLater(`/api/examples?${query({ annotator })}`, examplesSchema, signal),
  neighbours: (galaxyKey: number, annotator: string, signal: AbortSignal) =>
    getLater(`/api/galaxies/${galaxyKey}/neighbours?${query({ annotator })}`, neighboursSchema, signal),
  search: (request: AskSearch) => post('/api/search', searchAnswerSchema, request),
  searchRows: (resultId: string, page: RowsRequest) =>
    get(`/api/search/${encodeURIComponent(resultId)}/rows?${query(page)}`, searchRowsSchema),
  columns: () => get('/api/columns', searchColumnsSchema),
  searches: () => get('/api/searches', savedListSchema),
  saveSearch: (project: string, request: SaveSearch) => write(project, '/api/searches', savedSearchSchema, request),
  removeSearch: (project: string, name: string) =>
    send('DELETE', `/api/searches/${encodeURIComponent(name)}`, savedListSchema, undefined, of(project)),
  revealVotes: (project: string, round: number) => write(project, '/api/votes/reveal', z.object({ revealed: z.number().int() }), { round }),
  rounds: () => get('/api/rounds', z.object({ rounds: z.array(roundRecordSchema) })),
  /** Makes a project of its own. */
  startSample: (params: SampleRequest) => post('/api/jobs', jobSchema, { kind: 'sample', params }),
  startJob: (project: string, request: JobRequest) => write(project, '/api/jobs', jobSchema, request),
  cancelJob: (project: string, id: string) => write(project, `/api/jobs/${encodeURIComponent(id)}/cancel`, jobSchema),
  resumeJob: (project: string, id: string) => write(project, `/api/jobs/${encodeURIComponent(id)}/resume`, jobSchema),
}
