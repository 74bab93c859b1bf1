import { closeSync, openSync, statSync, writeFileSync, writeSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { plainRanking } from '@shared/science/acquisition/ranking'
import { createRandom } from '@shared/science/stats/random'
import { answerNames } from '@shared/science/tree/decision-tree'
import { rankSurvey } from '@main/compute/score/survey'
import type { SideSettings } from '../protocol'
import type { Prepared } from './index'
import { SEED, surveyTree } from './support-tree'

/** Galaxies that are drawn; a larger survey repeats them. The time of a logarithm does not depend on its argument. */
const DRAWN = 20_000
const CHECKED = 200
/** As many as W+20 acquired at a time. */
const TOP = 128

/** Concentrations [N, K, A] of a survey in a file, scored from there on all cores, the best found. */
export async function prepareScore({ folder, galaxies, samples }: SideSettings): Promise<Prepared> {
  const answers = answerNames(surveyTree).length
  const path = join(folder, 'concentrations.f32')
  writeConcentrations(path, galaxies, samples * answers)
  writeFileSync(join(folder, 'tree.json'), JSON.stringify(surveyTree))
  const rank = async (galaxyCount: number) => {
    const prediction = { kind: 'dirichlet-multinomial', tree: surveyTree, sampleCount: samples, votes: 1 } as const
    const source = { kind: 'file', path, offsetBytes: 0 } as const
    return rankSurvey({ prediction, galaxyCount, source }, plainRanking('tree-information'), TOP)
  }
  const checked = await rank(Math.min(CHECKED, galaxies))
  return {
    about: {
      program: `rankSurvey, ${availableParallelism()} threads`,
      unit: 'survey',
      values: [...checked.score_N],
      notes: [`${galaxies.toLocaleString('en')} galaxies × ${answers} answers × ${samples} samples, the best ${TOP} found`],
    },
    round: async () => void (await rank(galaxies)),
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
