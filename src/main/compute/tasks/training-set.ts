import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { AppError } from '@shared/science/errors'
import { engineNameSchema } from '@shared/contract/engine'
import { networkNameSchema, scheduleNames, type TrainParams } from '@shared/contract/job'
import { meanVoteFractions } from '@shared/science/metrics/measure'
import { indexTree } from '@shared/science/tree/tree-index'
import { answerName, answerNames, questionRanges } from '@shared/science/tree/decision-tree'
import { latestSequence } from '@main/catalogue/expert-time'
import { openCatalogue } from '@main/catalogue/open'
import { readTrainingSet } from '@main/catalogue/training-set'
import { projectTree } from '@main/catalogue/trees'
import type { Recipe } from '../model/recipes'
import { writeAtomic } from '../model/write-atomic'
import { relativeWeights } from './relative-weights'
import type { AnswerRange } from '../training/loss'

const numbers = z.array(z.number())
const trainingSetSchema = z.object({
  treeId: z.string(),
  treeVersion: z.string(),
  /** What the outputs stand for: all answers of the tree, or the one answer of a binomial network. */
  outputs: z.array(z.string()),
  questions: z.array(z.object({ start: z.number(), end: z.number() })),
  galaxyKeys: numbers,
  ids: z.array(z.string()),
  imagePaths: z.array(z.string()),
  /** Of the images when they were last read. */
  checksums: z.array(z.string()),
  /** Votes [N, A] flat; for a binomial network [N, 2]: for the other answers, for the one. */
  votes_NA: numbers,
  weights_NQ: numbers,
  /** The mean vote fraction of each output over the galaxies that were asked, null where none was: what the constant predictor says. */
  meanFractions: z.array(z.number().nullable()),
  /** The last entry of the label log that it has. */
  labelSequence: z.number().nullable().default(null),
})
export type TrainingSet = z.infer<typeof trainingSetSchema>

/** What a training goes on as when it is resumed, however the project has changed since. */
const startSchema = z.object({
  /** The model it goes on from; null from scratch. */
  parent: z.string().nullable(),
  round: z.number().int(),
  engine: engineNameSchema,
  recipe: z.object({
    network: networkNameSchema,
    sizePx: z.number(),
    batch: z.number(),
    microBatch: z.number(),
    epochs: z.number(),
    learningRate: z.number(),
    schedule: z.enum(scheduleNames),
    patience: z.number(),
    clipNorm: z.number().nullable(),
    averageDecay: z.number().nullable(),
    augmentation: z.enum(['w20', 'w21', 'none']),
  }) satisfies z.ZodType<Recipe>,
})
export type TrainingStart = z.infer<typeof startSchema>

const frozenSchema = trainingSetSchema.extend({ start: startSchema })
const frozenPath = (folder: string) => join(folder, 'training-set.json')

/**
 * What the training in this model folder began with, null before it began: labels that come in meanwhile are for the next model, a resumed
 * training sees the same ones, and what a model has seen can be looked up.
 */
export function readFrozenTraining(folder: string): { set: TrainingSet; start: TrainingStart } | null {
  const path = frozenPath(folder)
  if (!existsSync(path)) return null
  const { start, ...set } = frozenSchema.parse(JSON.parse(readFileSync(path, 'utf8')))
  return { set, start }
}

/** Keeps both in one file: there is never one without the other. */
export async function freezeTraining(folder: string, set: TrainingSet, start: TrainingStart): Promise<void> {
  await writeAtomic(frozenPath(folder), new TextEncoder().encode(JSON.stringify({ ...set, start })))
}

/** All that is labelled now; for a binomial network the one answer, and the galaxies that were asked. Throws `training/no-galaxies`. */
export function chooseTrainingSet(projectPath: string, params: TrainParams, isBinomial: boolean): TrainingSet {
  const db = openCatalogue(projectPath, { readonly: true })
  try {
    const { tree, version } = projectTree(db)
    // Before the labels: one that comes in between may be trained on, but its time is not counted.
    const labelSequence = latestSequence(db)
    const { votes_NA, weights_NQ, ...galaxies } = readTrainingSet(db, params)
    const width = answerNames(tree).length
    const rows = galaxies.ids.map((_, i) => votes_NA.subarray(i * width, (i + 1) * width))
    const questions = questionRanges(tree).map(({ start, end }) => ({ start, end }))
    const all: TrainingSet = {
      treeId: tree.id,
      treeVersion: version,
      outputs: answerNames(tree),
      questions,
      galaxyKeys: galaxies.galaxyKeys,
      ids: galaxies.ids,
      imagePaths: galaxies.imagePaths,
      checksums: galaxies.checksums,
      votes_NA: Array.from(votes_NA),
      weights_NQ: Array.from(relativeWeights(weights_NQ, votes_NA, questions)),
      meanFractions: Array.from(meanVoteFractions(tree, rows), (mean) => (Number.isNaN(mean) ? null : mean)),
      labelSequence,
    }
    const names = tree.questions.map(({ name }) => name)
    const chosen = isBinomial ? oneAnswer(all, names, indexTree(tree).roots[0]!, params) : all
    if (chosen.ids.length === 0)
      throw new AppError(
        'training/no-galaxies',
        'No galaxy is labelled yet. Label some in the Label view, or reveal the recorded votes of the open round.',
      )
    return chosen
  } finally {
    db.close()
  }
}

/** The votes of one question, `firstRoot` unless another is named, as [others, the answer], and only the galaxies that were asked. Its weight scales the votes: the binomial loss is linear in them. */
function oneAnswer(all: TrainingSet, questionNames: readonly string[], firstRoot: number, params: TrainParams): TrainingSet {
  const q = params.question === undefined ? firstRoot : questionNames.indexOf(params.question)
  const { start, end }: AnswerRange = all.questions[q] ?? unknownName(`question "${params.question}"`, questionNames)
  const names = all.outputs.slice(start, end)
  const answer = params.answer === undefined ? 0 : names.indexOf(answerName(questionNames[q]!, params.answer))
  if (answer < 0)
    unknownName(
      `answer "${params.answer}" to ${questionNames[q]}`,
      names.map((name) => name.slice(questionNames[q]!.length + 1)),
    )
  const width = all.outputs.length
  const rows = all.ids.flatMap((_, i) => {
    const votes = all.votes_NA.slice(i * width + start, i * width + end)
    const total = votes.reduce((sum, vote) => sum + vote, 0)
    const weight = all.weights_NQ[i * all.questions.length + q]!
    return total > 0 ? [{ i, votes: [(total - votes[answer]!) * weight, votes[answer]! * weight] }] : []
  })
  const pick = <T>(items: readonly T[]) => rows.map(({ i }) => items[i]!)
  return {
    ...all,
    outputs: [names[answer]!],
    questions: [{ start: 0, end: 2 }],
    galaxyKeys: pick(all.galaxyKeys),
    ids: pick(all.ids),
    imagePaths: pick(all.imagePaths),
    checksums: pick(all.checksums),
    votes_NA: rows.flatMap(({ votes }) => votes),
    weights_NQ: rows.map(() => 1),
    meanFractions: [all.meanFractions[start + answer]!],
  }
}

function unknownName(what: string, there: readonly string[]): never {
  throw new AppError('training/unknown-answer', `The tree has no ${what}; there are ${there.join(', ')}.`)
}
