import { z } from 'zod'
import { jobSchema } from './job'

/** What the server tells the window without being asked, one JSON document per server-sent event. */
export const serverEventSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('job:changed'), job: jobSchema }),
  z.object({ kind: z.literal('project:changed') }),
  /** Entries were added to the label log; `uuid` is of the first of them, by which a window knows its own. */
  z.object({ kind: z.literal('labels:changed'), uuid: z.uuid() }),
])
export type ServerEvent = z.infer<typeof serverEventSchema>
