import { closeSync, openSync, readSync, statSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { createTreeScorer } from '@shared/science/acquisition/tree'
import { createRandom } from '@shared/science/stats/random'
import { answerNames } from '@shared/science/tree/decision-tree'
import type { SideSettings } from '../protocol'
import type { Prepared } from './index'
import { writeQuestions } from './support'
import { SEED, surveyTree } from './support-tree'

/** Galaxies that are drawn; a larger survey repeats them. The time of a logarithm does not depend on its argument. */
const DRAWN = 20_000
const CHUNK = 1_000
const CHECKED = 200

/** Concentrations [N, K, A] of a survey in a file, scored from there. */
export async function prepareScore({ folder, galaxies, samples }: SideSettings): Promise<Prepared> {
  const path = join(folder, 'concentrations.f32')
  const width = samples * answerNames(surveyTree).length
  writeConcentrations(path, galaxies, width)
  writeQuestions(folder, surveyTree)
  writeFileSync(join(folder, 'tree.json'), JSON.stringify(surveyTree))
  const scorer = createTreeScorer(surveyTree, samples, 1)
  const chunk = new Float32Array(CHUNK * width)
  const scoreSurvey = (count: number) => {
    const score_N = new Float32Array(count)
    const file = openSync(path, 'r')
    for (let start = 0; start < count; start += CHUNK) {
      const rows = Math.min(CHUNK, count - start)
      readSync(file, new Uint8Array(chunk.buffer), 0, rows * width * 4, start * width * 4)
      for (let i = 0; i < rows; i++) score_N[start + i] = scorer.score(chunk.subarray(i * width, (i + 1) * width))
    }
    closeSync(file)
    return score_N
  }
  return {
    about: {
      program: 'plain JavaScript, 1 thread',
      unit: 'survey',
      values: [...scoreSurvey(Math.min(CHECKED, galaxies))],
      notes: [`${galaxies.toLocaleString('en')} galaxies × ${answerNames(surveyTree).length} answers × ${samples} samples`],
    },
    round: async () => {
      scoreSurvey(galaxies)
      return undefined
    },
  }
}

function writeConcentrations(path: string, galaxies: number, width: number): void {
  const random = createRandom(SEED, 'concentrations')
  const drawn = Math.min(DRAWN, galaxies)
  // Within (1, 101), as the networks give them, and mostly small.
  const values = Float32Array.from({ length: drawn * width }, () => 1 + 100 * random.next() ** 3)
  const file = openSync(path, 'w')
  for (let done = 0; done < galaxies; done += drawn) {
    const bytes = new Uint8Array(values.buffer, 0, Math.min(drawn, galaxies - done) * width * 4)
    // More than 2 GiB at once is refused; this is 54 MB.
    if (writeSync(file, bytes) !== bytes.length) throw new Error(`${path} could not be written whole`)
  }
  closeSync(file)
  const expected = galaxies * width * 4
  if (statSync(path).size !== expected) throw new Error(`${path} has ${statSync(path).size} bytes, not ${expected}`)
}
