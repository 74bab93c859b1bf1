import { z } from 'zod'
import { sheetSourceSchema } from './source'

const markSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('answer'), answer: z.string() }),
  z.object({ kind: z.literal('cannot-tell') }),
])
const saidSchema = z.array(z.tuple([z.string(), z.object({ galaxyKey: z.number().int(), mark: markSchema })]))

/** A sheet as it was left: where it stood, and what was said on it and is not saved yet. */
const draftSchema = z.object({
  round: z.number().int().nullable(),
  source: sheetSourceSchema,
  setup: z.object({ question: z.string(), marked: z.string(), unmarked: z.string().nullable() }),
  from: z.number().int(),
  trail: z.array(z.number().int()),
  looked: saidSchema,
  marks: saidSchema,
})
export type SheetDraft = z.infer<typeof draftSchema>

/** Whose sheet of which project. */
export type SheetOwner = { readonly project: string; readonly annotator: string }

const keyOf = ({ project, annotator }: SheetOwner) => `galaxy-desk.sheet ${annotator} ${project}`

/** What the window remembers of it, for a reload or its next start; null for none, or one that this version cannot read. */
export function readDraft(owner: SheetOwner): SheetDraft | null {
  try {
    return draftSchema.parse(JSON.parse(localStorage.getItem(keyOf(owner)) ?? 'null'))
  } catch {
    return null
  }
}

export function keepDraft(owner: SheetOwner, draft: SheetDraft): void {
  localStorage.setItem(keyOf(owner), JSON.stringify(draft))
}
