import { z } from 'zod'

/** Known answers to one question of the project's tree, in a table: `idColumn` and `answerColumn` name its columns. */
export const goldRequestSchema = z.object({
  table: z.string().min(1),
  idColumn: z.string().min(1).default('id'),
  question: z.string().min(1),
  answerColumn: z.string().min(1),
})
export type GoldRequest = z.output<typeof goldRequestSchema>

const count = z.number().int().nonnegative()

/**
 * `taken`: galaxies of the table; `known`: known answers of the project now; `empty`: rows without an answer; `withoutImage`: galaxies taken that
 * cannot come to anybody, because the project has no image of them.
 */
export const goldTakenSchema = z.object({ taken: count, known: count, empty: count, withoutImage: count })
export type GoldTaken = z.infer<typeof goldTakenSchema>

/** What was taken, in sentences. */
export function goldInWords({ taken, known, empty, withoutImage }: GoldTaken): string[] {
  return [
    `${taken} known ${taken === 1 ? 'answer' : 'answers'} taken${empty === 0 ? '' : `, ${empty} ${empty === 1 ? 'row' : 'rows'} without one`}; the project has ${known}.`,
    ...(withoutImage === 0 ? [] : [`Galaxies without an image, which come to nobody: ${withoutImage}. Import their images.`]),
  ]
}
