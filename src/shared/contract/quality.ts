import { z } from 'zod'
import { csvLines } from './csv'
import { answerSchema } from './records'

/** Agreement beyond chance with its 95 % interval; null where it cannot be told. `agreement`: the plain share, 0..1. `n`: galaxies. */
export const kappaSchema = z.object({
  kappa: z.number().nullable(),
  low: z.number().nullable(),
  high: z.number().nullable(),
  agreement: z.number(),
  n: z.number().int(),
})
export type KappaRecord = z.infer<typeof kappaSchema>

/** Agreement per question as a table for other programs; `between` says of whom. Empty where something cannot be told. */
export function agreementCsv(between: string, questions: Readonly<Record<string, KappaRecord>>): string {
  return csvLines([
    ['between', 'question', 'galaxies', 'same_answer', 'kappa', 'kappa_low', 'kappa_high'],
    ...Object.entries(questions).map(([name, { n, agreement, kappa, low, high }]) => [
      between,
      name,
      n,
      n === 0 ? null : agreement,
      kappa,
      low,
      high,
    ]),
  ])
}

/** What the annotators of a project say of the same galaxies. Cohen's kappa where there are two of them, Fleiss' where there are more. */
export const agreementSchema = z.object({
  annotators: z.array(z.object({ name: z.string(), galaxies: z.number().int(), entries: z.number().int() })),
  method: z.enum(['cohen', 'fleiss']),
  /** Galaxies that two or more answered about. */
  galaxies: z.number().int(),
  questions: z.record(z.string(), kappaSchema),
  /** Galaxies on which they differ, and those of them in which nothing is left to resolve. */
  differing: z.number().int(),
  resolved: z.number().int(),
})
export type Agreement = z.infer<typeof agreementSchema>

/** What two of them say of the same galaxies, by Cohen's kappa. */
export const pairAgreementSchema = z.object({
  first: z.string(),
  second: z.string(),
  galaxies: z.number().int(),
  questions: z.record(z.string(), kappaSchema),
})
export type PairAgreement = z.infer<typeof pairAgreementSchema>

/** A galaxy about which annotators differ: the questions in which they do, what each said, and what was agreed on since. */
export const differenceSchema = z.object({
  galaxyKey: z.number().int(),
  id: z.string(),
  imageUrl: z.string().nullable(),
  questions: z.array(z.string()),
  /** `cannotTell`: questions that the annotator was asked and could not tell the answer of. */
  answers: z.array(z.object({ annotator: z.string(), answers: z.array(answerSchema), cannotTell: z.array(z.string()) })),
  resolved: z.array(answerSchema),
})
export type Difference = z.infer<typeof differenceSchema>

/** Seconds: quartiles over `n`. */
const timesSchema = z.object({ median: z.number(), lower: z.number(), upper: z.number(), n: z.number().int() }).nullable()
export type Times = z.infer<typeof timesSchema>

/** How well and how fast one annotator works. Entries that took longer than `longestSeconds` were pauses: they are counted, not timed. */
export const qualitySchema = z.object({
  annotator: z.string(),
  galaxies: z.number().int(),
  minutes: z.number(),
  longestSeconds: z.number(),
  pauses: z.number().int(),
  /** Answers that were given after the model's prediction for the question had been shown, and before; `unknown`: from before this was kept. */
  hints: z.object({ seen: z.number().int(), unseen: z.number().int(), unknown: z.number().int() }),
  /** From galaxies that came back unannounced: the same question of the same galaxy, first and second time. */
  self: z.record(z.string(), kappaSchema),
  /** Against answers known beforehand, with the 95 % interval of the share that is right. `other`: galaxies without an answer to the question. */
  gold: z.record(
    z.string(),
    z.object({
      right: z.number().int(),
      n: z.number().int(),
      other: z.number().int(),
      low: z.number().nullable(),
      high: z.number().nullable(),
    }),
  ),
  secondsPerGalaxy: timesSchema,
  secondsPerQuestion: z.record(z.string(), timesSchema),
  sessions: z.array(z.object({ startedAt: z.iso.datetime(), minutes: z.number(), galaxies: z.number().int(), entries: z.number().int() })),
  /** The latest session in parts of twenty galaxies, oldest first. `agreement`: of those that came back in that part. */
  drift: z.array(
    z.object({
      galaxies: z.number().int(),
      medianSeconds: z.number().nullable(),
      repeats: z.number().int(),
      agreement: z.number().nullable(),
    }),
  ),
})
export type Quality = z.infer<typeof qualitySchema>
