import { combineVotes } from '@main/catalogue/combine-votes'
import { dropoutSamples } from '@main/compute/training/samples'
import type { Network } from '@main/compute/model/network'
import type { FeatureSource } from '@main/compute/training/inputs'
import type { Answer } from '@shared/contract/records'
import { rowsOf } from '@shared/science/acquisition/candidates'
import { chooseGalaxies } from '@shared/science/acquisition/choose'
import { createRandom } from '@shared/science/stats/random'
import type { SideSettings } from '../../protocol'
import type { Prepared } from '../index'
import { startBenchEngine } from '../support'
import { dataOf, featuresOf, predict, storedPx, trainedNetwork, trainHead, type Labels } from './learner'
import { measure, type Worth } from './measure'
import { drawSurvey, expertOf, faithful, overlooking, sure, tree, volunteersOf, type Simulated, type Voter } from './survey'
import { tables } from './tables'

const WEIGHTS = [0.5, 1, 3, 10, 30, 100]
const GALAXIES = 400
/** How many of them the expert answers about. */
const ANSWERED = 100
const TEST = { seed: 9001, galaxies: 500 }
/** What `acquire` does unless told otherwise. */
const ACQUIRE = { samples: 15, randomShare: 0.2 }

/**
 * Who says what. `corrects`: volunteers voted on all galaxies, the expert answers about some of them again. `adds`: volunteers voted on half,
 * the expert answers about some of the others. `alone`: the expert answers about all, nobody voted.
 */
const scenarios: readonly { name: string; volunteers: Voter; expert: Voter; kind: 'corrects' | 'adds' | 'alone' }[] = [
  { name: 'corrects, volunteers faithful', volunteers: faithful, expert: sure, kind: 'corrects' },
  { name: 'corrects, volunteers overlook', volunteers: overlooking, expert: sure, kind: 'corrects' },
  {
    name: 'corrects, volunteers overlook, expert votes like one who does not',
    volunteers: overlooking,
    expert: faithful,
    kind: 'corrects',
  },
  { name: 'adds, volunteers faithful', volunteers: faithful, expert: sure, kind: 'adds' },
  { name: 'adds, volunteers overlook', volunteers: overlooking, expert: sure, kind: 'adds' },
  { name: 'expert alone', volunteers: faithful, expert: sure, kind: 'alone' },
]

/** One trained head. `weight` 0: without the expert. */
export type Row = Worth & { scenario: string; repeat: number; weight: number; bestEpoch: number }

type Survey = { network: Network; galaxies: readonly Simulated[]; source: FeatureSource; seed: number }
type Test = { galaxies: readonly Simulated[]; source: FeatureSource; votes_NA: readonly number[][] }

/** Each round is a repeat of all scenarios with other galaxies, voters and heads; every weight of a repeat sees the same. The report holds all repeats. */
export async function prepareExpertWeight({ engine: asked }: SideSettings): Promise<Prepared> {
  const { engine, program } = await startBenchEngine(asked)
  const onProgress = (text: string) => void process.stderr.write(`${text}\n`)
  const network = await trainedNetwork(onProgress)
  const testGalaxies = drawSurvey(TEST.seed, 0, TEST.galaxies, storedPx)
  const test: Test = {
    galaxies: testGalaxies,
    source: await featuresOf(network, testGalaxies, TEST.seed, false),
    votes_NA: volunteersOf(testGalaxies, faithful, TEST.seed),
  }
  const rows: Row[] = []
  let repeat = 0
  return {
    about: { engine, program, unit: 'repeat' },
    round: async () => {
      repeat += 1
      const galaxies = drawSurvey(repeat, 0, GALAXIES, storedPx)
      const survey: Survey = { network, galaxies, source: await featuresOf(network, galaxies, repeat, true), seed: repeat }
      for (const scenario of scenarios) {
        for await (const row of runScenario(survey, test, scenario)) {
          rows.push({ scenario: scenario.name, repeat, ...row })
          onProgress(
            `${scenario.name}, repeat ${repeat}, weight ${row.weight}: ${row.rmse.toFixed(4)} ${row.wrong.toFixed(4)} ${row.loss.toFixed(3)} (epoch ${row.bestEpoch})`,
          )
        }
      }
      return { report: tables(rows) }
    },
  }
}

async function* runScenario(
  survey: Survey,
  test: Test,
  { volunteers, expert, kind }: (typeof scenarios)[number],
): AsyncGenerator<Worth & { weight: number; bestEpoch: number }> {
  const { galaxies, seed } = survey
  const all = [...galaxies.keys()]
  const votes = volunteersOf(galaxies, volunteers, seed)
  const voted = kind === 'corrects' ? all : kind === 'adds' ? all.slice(0, GALAXIES / 2) : []
  const hasVotes = new Set(voted)
  let answered = all
  if (kind !== 'alone') {
    yield { weight: 0, ...(await trainAndMeasure(survey, test, labelsOf(galaxies, votes, new Map(), 1), voted)) }
    answered = await choose(survey, kind === 'corrects' ? all : all.filter((i) => !hasVotes.has(i)))
  }
  const known = votes.map((votes_A, i) => (hasVotes.has(i) ? votes_A : null))
  const answers = new Map(answered.map((i) => [i, expertOf(galaxies[i]!, expert, seed)]))
  const rows = all.filter((i) => hasVotes.has(i) || answers.has(i))
  for (const weight of WEIGHTS) {
    yield { weight, ...(await trainAndMeasure(survey, test, labelsOf(galaxies, known, answers, weight), rows)) }
  }
}

/** What training gets of these galaxies, by the catalogue's own rule. */
function labelsOf(
  galaxies: readonly Simulated[],
  votes: readonly (number[] | null)[],
  answers: ReadonlyMap<number, Answer[]>,
  expertWeight: number,
): Labels {
  const rows = galaxies.map((_, i) => {
    const given = answers.get(i)
    return combineVotes(tree, votes[i]!, given === undefined ? [] : [given], { combine: 'replace', expertWeight })
  })
  return {
    votes_NA: Float32Array.from(rows.flatMap(({ votes_A }) => [...votes_A])),
    weights_NQ: Float32Array.from(rows.flatMap(({ weights_Q }) => [...weights_Q])),
  }
}

async function trainAndMeasure(
  { network, galaxies, source, seed }: Survey,
  test: Test,
  labels: Labels,
  rows: readonly number[],
): Promise<Worth & { bestEpoch: number }> {
  const { bestEpoch } = await trainHead(network, source, dataOf(galaxies, labels, seed, rows), seed)
  return { bestEpoch, ...measure(test.galaxies, test.votes_NA, predict(network, test.source, test.galaxies.length)) }
}

/** The galaxies that the network as it is would learn most from, as a round chooses them. */
async function choose({ network, source, seed }: Survey, candidates: readonly number[]): Promise<number[]> {
  const features = source.centred(candidates)
  const samples = await dropoutSamples(network, features, ACQUIRE.samples, createRandom(seed, 'dropout'))
  features.dispose()
  const { picked } = chooseGalaxies(
    {
      kind: 'dirichlet-multinomial',
      tree,
      galaxyCount: candidates.length,
      sampleCount: ACQUIRE.samples,
      votes: 1,
      samples: rowsOf(samples, ACQUIRE.samples * network.outputCount),
    },
    'mutual-information-tree',
    ANSWERED,
    ACQUIRE.randomShare,
    createRandom(seed, 'acquire'),
  )
  return picked.map(({ index }) => candidates[index]!)
}
