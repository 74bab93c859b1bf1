import { z } from 'zod'
import { imageFactsSchema } from '@shared/contract/image'

const bytes = z.custom<Uint8Array>((value) => value instanceof Uint8Array)

/** What a thread is asked: the picture of a FITS file (by its path, or its content), the real values of an image packed, or what its file says. */
export const imageTaskSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('picture'), file: z.union([z.string(), bytes]) }),
  z.object({ kind: z.literal('values'), path: z.string() }),
  z.object({ kind: z.literal('facts'), path: z.string() }),
])
export type ImageTask = z.infer<typeof imageTaskSchema>

/** What each task comes to. The values are a pixel block, [Note: Pixel block]; null where the file has no more than the picture shows. */
export const taskResultSchemas = {
  picture: z.object({
    widthPx: z.number().int(),
    heightPx: z.number().int(),
    pixels: bytes,
    channels: z.union([z.literal(1), z.literal(3)]),
  }),
  values: bytes.nullable(),
  facts: imageFactsSchema,
}
export type TaskResult<K extends ImageTask['kind']> = z.infer<(typeof taskResultSchemas)[K]>

/** The end of a task; a thread has one at a time. `code` is null for an error that nobody foresaw. */
export const fromThreadSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('done'), result: z.unknown() }),
  z.object({ kind: z.literal('failed'), code: z.string().nullable(), message: z.string(), stack: z.string().optional() }),
])
export type FromThread = z.infer<typeof fromThreadSchema>
