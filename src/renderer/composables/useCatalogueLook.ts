import { reactive, watch } from 'vue'
import { z } from 'zod'

const storageKey = 'galaxy-desk.catalogue'
export const SMALLEST_PX = 64
export const LARGEST_PX = 512

const lookSchema = z.object({
  layout: z.enum(['gallery', 'table']).default('gallery'),
  sizePx: z.number().int().min(SMALLEST_PX).max(LARGEST_PX).default(128),
  /** The columns that were chosen for the table, of all projects: each shows those that it has. */
  columns: z.array(z.string()).default([]),
})
export type CatalogueLook = z.infer<typeof lookSchema>

function kept(): CatalogueLook {
  try {
    return lookSchema.parse(JSON.parse(localStorage.getItem(storageKey) ?? '{}'))
  } catch {
    return lookSchema.parse({})
  }
}

/** How this person looks at catalogues; kept in the window. */
export function useCatalogueLook(): CatalogueLook {
  const look = reactive(kept())
  watch(look, (now) => localStorage.setItem(storageKey, JSON.stringify(now)))
  return look
}
