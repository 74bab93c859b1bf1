import { answerName, questionRanges, type DecisionTree } from '@shared/science/tree/decision-tree'
import { openCatalogue } from '@main/catalogue/open'
import { projectTree } from '@main/catalogue/trees'
import { createSearch } from './search'

/**
 * The first time includes reading from the catalogue what no measure before it has read; the median and the longest are of the repeats after it.
 * `medianCpuMs` is processor time, which other work on the machine disturbs less.
 */
export type SearchMeasure = {
  readonly name: string
  readonly count: number
  readonly firstMs: number
  readonly medianMs: number
  readonly longestMs: number
  readonly medianCpuMs: number
}

/** Times searches over a project, and pages of a result, as its thread makes them. For the benches: the survey should have votes and positions. */
export async function measureSearch(projectPath: string, repeats = 15): Promise<SearchMeasure[]> {
  const db = openCatalogue(projectPath, { readonly: true })
  try {
    const search = createSearch(db)
    const measures: SearchMeasure[] = []
    for (const { name, filter, sort } of searches(projectTree(db).tree))
      measures.push(await timed(name, repeats, async () => (await search.search({ filter, sort, descending: true })).count))
    const { resultId, count } = await search.search({ filter: '', sort: 'ra', descending: false })
    const page = (offset: number) => search.rows(resultId, { offset, limit: 100, columns: 'ra, dec' })
    measures.push(
      await timed('a page of 100 rows', repeats, async (i) => (await page(Math.floor((i / (repeats + 1)) * count))).rows.length),
    )
    return measures
  } finally {
    db.close()
  }
}

function searches(tree: DecisionTree): { name: string; filter: string; sort: string | null }[] {
  const { question } = questionRanges(tree)[0]!
  const [first, second] = question.answers.map((answer) => `\`${answerName(question.name, answer)}\``)
  const votes = `votes(\`${question.name}\`)`
  return [
    { name: 'every galaxy', filter: '', sort: null },
    { name: 'a vote fraction', filter: `${first} > 0.8`, sort: null },
    { name: 'another fraction of the same question', filter: `${second} > 0.8`, sort: null },
    { name: 'three columns', filter: `${first} > 0.5 and ${votes} >= 20 and not dec < 0`, sort: null },
    { name: 'a cone of 30 arcmin', filter: 'cone(180, 10, 30 arcmin)', sort: null },
    { name: 'a cone of 30 degrees', filter: 'cone(180, 10, 30 deg)', sort: null },
    { name: 'the pool', filter: 'pool and not flagged', sort: null },
    { name: 'an id by its beginning', filter: 'id ~ "58770000001*"', sort: null },
    { name: 'every galaxy by a fraction', filter: '', sort: first! },
    { name: 'every galaxy by right ascension', filter: '', sort: 'ra' },
    { name: 'every galaxy by id', filter: '', sort: 'id' },
  ]
}

/** `work` is handed the number of the run and tells how many galaxies there were. */
async function timed(name: string, repeats: number, work: (run: number) => Promise<number>): Promise<SearchMeasure> {
  const [times, cpus]: [number[], number[]] = [[], []]
  let count = 0
  for (let run = 0; run <= repeats; run++) {
    const cpuBefore = process.cpuUsage()
    const startedAt = performance.now()
    count = await work(run)
    times.push(performance.now() - startedAt)
    const { user, system } = process.cpuUsage(cpuBefore)
    cpus.push((user + system) / 1000)
  }
  const [first, ...again] = times
  const figures = { firstMs: first!, medianMs: median(again), longestMs: Math.max(...again), medianCpuMs: median(cpus.slice(1)) }
  return {
    name,
    count,
    ...Object.fromEntries(Object.entries(figures).map(([key, value]) => [key, Math.round(value * 10) / 10])),
  } as SearchMeasure
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor((values.length - 1) / 2)]!
}
