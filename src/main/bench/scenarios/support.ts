import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { EngineName, EngineReport } from '@shared/contract/engine'
import { createRandom } from '@shared/science/stats/random'
import { answerNames, questionRanges, type DecisionTree } from '@shared/science/tree/decision-tree'
import { startEngine } from '@main/compute/engine'
import { encodeSafetensors, type NamedArray } from '@main/compute/model/safetensors'
import type { Network } from '@main/compute/model/network'
import { saveWeights } from '@main/compute/model/weights'
import { summarise } from '@main/compute/model/summary'
import type { TaskContext } from '@main/compute/tasks/context'
import { SEED } from './support-tree'

const MOST_VOTES = 40

/** Starts the engine and says what it is: `wasm 4.22.0, CPU, 2 threads`. */
export async function startBenchEngine(asked: EngineName | null): Promise<{ engine: EngineName; program: string; context: TaskContext }> {
  const report: EngineReport = await startEngine(asked)
  const { name, version, device } = report.engines.find(({ name }) => name === report.engine)!
  return {
    engine: name,
    program: `${name} ${version}, ${device}`,
    context: { engine: report, signal: new AbortController().signal, onProgress: () => undefined },
  }
}

/** Votes [N, A] of made-up volunteers: up to 40 on each question, some questions not asked. */
export function drawVotes(tree: DecisionTree, galaxies: number): Float32Array {
  const random = createRandom(SEED, 'bench-votes')
  const ranges = questionRanges(tree)
  const votes_NA = new Float32Array(galaxies * answerNames(tree).length)
  let at = 0
  for (let galaxy = 0; galaxy < galaxies; galaxy++) {
    for (const { start, end } of ranges) {
      const weight_A = Array.from({ length: end - start }, () => random.next())
      for (const votes of random.multinomial(random.integer(MOST_VOTES), weight_A)) votes_NA[at++] = votes
    }
  }
  return votes_NA
}

/** Files for the peer: `NAME.safetensors`, arrays by name. */
export function writeArrays(folder: string, name: string, arrays: Readonly<Record<string, NamedArray>>): void {
  writeFileSync(join(folder, `${name}.safetensors`), encodeSafetensors({ tensors: new Map(Object.entries(arrays)), metadata: {} }))
}

/** The weights that the peer starts with too, and where each question's answers begin and end. Gives the number of parameters. */
export async function writeNetwork(folder: string, network: Network, tree: DecisionTree): Promise<number> {
  await saveWeights(join(folder, 'weights.safetensors'), network)
  writeQuestions(folder, tree)
  return summarise(network).parameters
}

/** `questions.json`: [start, end] of each question's answers, and the places of the answers that it hangs from. */
export function writeQuestions(folder: string, tree: DecisionTree): void {
  const names = answerNames(tree)
  const questions = questionRanges(tree).map(({ question, start, end }) => ({
    start,
    end,
    after: question.after.map((name) => names.indexOf(name)),
  }))
  writeFileSync(join(folder, 'questions.json'), JSON.stringify(questions))
}
