import { z } from 'zod'
import { engineNameSchema } from '@shared/contract/engine'

/**
 * [Note: Two sides] A bench times two processes that do the same work: ours and its peer. Each gets these settings as its one argument, makes
 * itself ready, and then works one round whenever it is told to, so that ours and the peer's rounds alternate and a busy machine slows both. They
 * speak lines of JSON; lines that are none are what some library printed. bench/peers/common.py is the peers' end of it.
 */
export const sideSettingsSchema = z.object({
  /** For files that both sides read; ours is ready first and may have written some. */
  folder: z.string(),
  /** Where what takes long to make stays for the next run; null: nowhere. */
  keep: z.string().nullable().default(null),
  engine: engineNameSchema.nullable(),
  sizePx: z.number().int().positive(),
  batch: z.number().int().positive(),
  galaxies: z.number().int().positive(),
  rows: z.number().int().positive(),
  epochs: z.number().int().positive(),
  samples: z.number().int().positive(),
  labels: z.number().int().positive(),
  repeats: z.number().int().positive(),
})
export type SideSettings = z.infer<typeof sideSettingsSchema>

export type ToSide = { kind: 'round' } | { kind: 'end' }

/**
 * What a side says of itself when it is ready. `program`: what runs and how, `wasm 4.22.0, CPU, 2 threads`; `engine`: ours, where it computes with one. `unit`: what the time is of. `values`: what it
 * computes from the files that both have, for the check that both do the same. `parameters`: of its network.
 */
export const aboutSchema = z.object({
  program: z.string(),
  unit: z.string(),
  engine: z.string().nullable().default(null),
  values: z.array(z.number()).default([]),
  parameters: z.number().int().nullable().default(null),
  notes: z.array(z.string()).default([]),
})
export type About = z.infer<typeof aboutSchema>

/**
 * `times`: milliseconds per unit, by row: `''` is the row that is compared, others are further rows. `cpuMs`: processor time of the whole round per
 * unit; null where other processes took part. `missing`: what a peer needs and cannot import.
 */
export const fromSideSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('missing'), what: z.string() }),
  z.object({ kind: z.literal('ready'), about: aboutSchema }),
  z.object({
    kind: z.literal('round'),
    times: z.record(z.string(), z.array(z.number().nonnegative())),
    cpuMs: z.number().nullable(),
    report: z.string().default(''),
  }),
  z.object({ kind: z.literal('ended'), peakMemoryMb: z.number().nullable() }),
  z.object({ kind: z.literal('failed'), code: z.string().nullable(), message: z.string() }),
])
export type FromSide = z.infer<typeof fromSideSchema>
