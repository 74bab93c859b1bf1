import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { z } from 'zod'

/** How a feature is kept. Half precision is at most 2^-11 = 4.9e-4 of a value off, from 6e-5 on, and takes half the room. */
export const featurePrecisionSchema = z.enum(['float32', 'float16'])
export type FeaturePrecision = z.infer<typeof featurePrecisionSchema>

/** What the features of a store belong to: those of other weights, views or seeds are thrown away, not mixed in. */
export const featureSourceSchema = z.object({
  weightsSha256: z.string(),
  views: z.number(),
  viewSeed: z.number(),
  featureCount: z.number(),
})
export type StoreKey = z.infer<typeof featureSourceSchema>

/** Who made the rows from `fromRow` on: two encoders differ in the last digits, so it is written down; rows never change. */
const makerSchema = z.object({ name: z.string(), fromRow: z.number().int().nonnegative() })
export type FeatureMaker = z.infer<typeof makerSchema>

const currentSchema = featureSourceSchema.extend({
  /** Of the store's files. */
  format: z.literal(3),
  precision: featurePrecisionSchema,
  makers: z.array(makerSchema),
})
export type StoreHeader = z.infer<typeof currentSchema>

/** Format 2 knew neither of half precision nor of encoders other than the engine. Its rows are read as they are. */
const olderSchema = featureSourceSchema
  .extend({ format: z.literal(2) })
  .transform((header): StoreHeader => ({ ...header, format: 3, precision: 'float32', makers: [{ name: 'engine', fromRow: 0 }] }))

/** Null when there is none that can be read: an older format, or a file that a power cut left empty. */
export function readStoreHeader(path: string): StoreHeader | null {
  if (!existsSync(path)) return null
  try {
    return z.union([currentSchema, olderSchema]).parse(JSON.parse(readFileSync(path, 'utf8')))
  } catch {
    return null
  }
}

/** All or nothing. */
export function writeStoreHeader(path: string, header: StoreHeader): void {
  writeFileSync(`${path}.new`, JSON.stringify(header))
  renameSync(`${path}.new`, path)
}

export function isOfKey(header: StoreHeader, key: StoreKey): boolean {
  return (Object.keys(featureSourceSchema.shape) as (keyof StoreKey)[]).every((name) => header[name] === key[name])
}
