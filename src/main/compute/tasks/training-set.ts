import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { AppError } from '@shared/science/errors'
import type { TrainParams } from '@shared/contract/job'
import { answerName, answerNames, questionRanges } from '@shared/science/tree/decision-tree'
import { openCatalogue } from '@main/catalogue/open'
import { readTrainingSet } from '@main/catalogue/training-set'
import { projectTree } from '@main/catalogue/trees'
import { writeAtomic } from '../model/write-atomic'
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
  /** Votes [N, A] flat; for a binomial network [N, 2]: for the other answers, for the one. */
  votes_NA: numbers,
  weights_NQ: numbers,
})
export type FrozenTrainingSet = z.infer<typeof trainingSetSchema>

/**
 * What this model is trained on, frozen in its folder when the training starts: labels that come in meanwhile are for the next model, a
 * resumed training sees the same ones, and what a model has seen can be looked up.
 */
export async function frozenTrainingSet(
  projectPath: string,
  folder: string,
  params: TrainParams,
  isBinomial: boolean,
): Promise<FrozenTrainingSet> {
  const path = join(folder, 'training-set.json')
  if (existsSync(path)) return trainingSetSchema.parse(JSON.parse(readFileSync(path, 'utf8')))
  const db = openCatalogue(projectPath, { readonly: true })
  try {
    const { tree, version } = projectTree(db)
    const { votes_NA, weights_NQ, ...galaxies } = readTrainingSet(db, params)
    const all: FrozenTrainingSet = {
      treeId: tree.id,
      treeVersion: version,
      outputs: answerNames(tree),
      questions: questionRanges(tree).map(({ start, end }) => ({ start, end })),
      galaxyKeys: galaxies.galaxyKeys,
      ids: galaxies.ids,
      imagePaths: galaxies.imagePaths,
      votes_NA: Array.from(votes_NA),
      weights_NQ: Array.from(weights_NQ),
    }
    const chosen = isBinomial
      ? oneAnswer(
          all,
          tree.questions.map(({ name }) => name),
          params,
        )
      : all
    if (chosen.ids.length === 0)
      throw new AppError(
        'training/no-galaxies',
        'No galaxy is labelled yet. Label some in the Label view, or reveal the recorded votes of the open round.',
      )
    await writeAtomic(path, new TextEncoder().encode(JSON.stringify(chosen)))
    return chosen
  } finally {
    db.close()
  }
}

/** The votes of one question as [others, the answer], and only the galaxies that were asked. Its weight scales the votes: the binomial loss is linear in them. */
function oneAnswer(all: FrozenTrainingSet, questionNames: readonly string[], params: TrainParams): FrozenTrainingSet {
  const q = params.question === undefined ? 0 : questionNames.indexOf(params.question)
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
    votes_NA: rows.flatMap(({ votes }) => votes),
    weights_NQ: rows.map(() => 1),
  }
}

function unknownName(what: string, there: readonly string[]): never {
  throw new AppError('training/unknown-answer', `The tree has no ${what}; there are ${there.join(', ')}.`)
}
