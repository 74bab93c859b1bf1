import { z } from 'zod'
import { AppError } from '@shared/science/errors'
import { searchRequestSchema } from '@shared/contract/search'
import type { QueueItem } from '@shared/contract/records'
import { api } from '../api'
import { countPlaces, placesAfter, stretches } from '../place-ranges'

/**
 * Galaxies that were searched for: those at `places` of a result of `found` galaxies, which stays on the server. However many they are, only a part is
 * ever read. `digest` and `usesVotes` as the search said.
 */
export const sheetListSchema = z.object({
  project: z.string(),
  request: searchRequestSchema,
  resultId: z.string(),
  found: z.number().int(),
  digest: z.number().int(),
  places: z.array(z.tuple([z.number().int(), z.number().int()]).readonly()).readonly(),
  usesVotes: z.boolean(),
})
export type SheetList = z.infer<typeof sheetListSchema>

/** Where the galaxies of a sheet come from: the open round, or a list. */
export const sheetSourceSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('queue') }),
  sheetListSchema.extend({ kind: z.literal('list') }),
])
export type SheetSource = z.infer<typeof sheetSourceSchema>

/** A galaxy with the cursor of what comes after it: a position of the queue, or how many of the list's places. */
export type PlacedItem = { readonly item: QueueItem; readonly next: number }

/** Where single galaxies were chosen here and there, so many stretches are read at once. */
const STRETCHES = 16

/** At most `limit` galaxies (200) from a cursor on, in their order; none at the end. Throws `search/gone` where the server no longer keeps the list. */
export async function readPart(source: SheetSource, annotator: string, cursor: number, limit: number): Promise<readonly PlacedItem[]> {
  if (source.kind === 'queue') {
    const { items } = await api.queue(annotator, { from: cursor, limit })
    return items.map((item) => ({ item, next: item.position + 1 }))
  }
  const wanted = stretches(placesAfter(source.places, cursor), limit, limit).slice(0, STRETCHES)
  if (wanted.length === 0) return []
  const parts = await Promise.all(wanted.map((part) => api.searchRows(source.resultId, { ...part, columns: '' })))
  const keys = parts.flatMap(({ rows }) => rows.map(({ galaxyKey }) => galaxyKey))
  const { items } = await api.queueItems(keys, annotator)
  return items.map((item, i) => ({ item, next: cursor + i + 1 }))
}

/**
 * The same search made anew, because the server keeps only the latest lists. `isSame` where it finds the same galaxies in the same order, so that every
 * place means what it meant. Throws `sheet/list-gone` where it does not and only some of them were chosen.
 */
export async function searchedAgain(list: SheetList): Promise<{ list: SheetList; isSame: boolean }> {
  const { resultId, count, digest, usesVotes } = await api.search(list.request)
  const isSame = digest === list.digest
  if (!isSame && countPlaces(list.places) < list.found)
    throw new AppError(
      'sheet/list-gone',
      'The list that these galaxies were chosen from is no longer kept, and the search finds others by now. Choose them again in the catalogue.',
    )
  return { list: { ...list, resultId, usesVotes, found: count, digest, places: isSame ? list.places : [[0, count]] }, isSame }
}
