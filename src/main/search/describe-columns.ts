import type { ColumnInfo, SearchColumns } from '@shared/contract/search'
import type { Numbers, Texts } from '@shared/science/filter/compare'
import { columnText } from '@shared/science/filter/column'
import { states, type Column } from '@shared/science/filter/filter-tree'
import { builtInColumn, findColumn } from '@shared/science/filter/find-column'
import { isOfVotes, type KnownColumn } from '@shared/science/filter/vocabulary'
import { answerNames } from '@shared/science/tree/decision-tree'
import type { Columns } from './columns'
import type { Memory } from './memory'
import type { Standing } from './standing'

const GROUPS = {
  ra: 'galaxy',
  dec: 'galaxy',
  id: 'galaxy',
  fraction: 'fraction',
  votes: 'votes',
  prediction: 'prediction',
  score: 'score',
  metadata: 'metadata',
} as const satisfies Record<KnownColumn['kind'], ColumnInfo['group']>

/** What a filter can be made of in this project. Reads the votes and walks over the imported columns where they are not on the shelf. */
export async function describeColumns(columns: Columns, memory: Memory, standing: Standing): Promise<SearchColumns> {
  const { tree, models, rounds } = standing
  const { questions } = tree.tree
  const metadata = await columns.metadataList(standing)
  const vocabulary = { tree: tree.tree, models, rounds, metadata: new Map(Array.from(metadata, ([name, { type }]) => [name, type])) }
  const asked: Column[] = [
    ...['id', 'ra', 'dec', ...answerNames(tree.tree)].map((name): Column => ({ kind: 'named', name })),
    ...questions.map(({ name }): Column => ({ kind: 'votes', question: name })),
    ...(models.at(-1)?.outputs ?? []).map((answer): Column => ({ kind: 'predicted', model: null, answer })),
    ...(rounds.length > 0 ? [{ kind: 'score', round: null } as const] : []),
    ...Array.from(metadata.keys(), (name): Column => ({ kind: builtInColumn(name, tree) === null ? 'named' : 'metadata', name })),
  ]
  const described: ColumnInfo[] = []
  for (const column of asked) {
    const known = findColumn(column, vocabulary)
    described.push({
      name: columnText(column),
      kind: known.kind === 'id' || (known.kind === 'metadata' && known.type === 'text') ? 'text' : 'number',
      group: GROUPS[known.kind],
      usesVotes: isOfVotes(known),
      ...(await rangeOf(known)),
    })
  }
  const annotators = new Set([...memory.labels(standing).byRow.values()].flatMap((labels) => labels.annotators))
  return {
    columns: described,
    states: [...states],
    questions: questions.map(({ name, answers }) => ({ name, answers: [...answers] })),
    models: models.map(({ id }) => id),
    rounds: [...rounds],
    annotators: [...annotators].sort(),
  }

  async function rangeOf(column: KnownColumn): Promise<{ low: number | null; high: number | null }> {
    // Fractions could be anywhere between.
    if (column.kind === 'fraction' || column.kind === 'prediction') return { low: 0, high: 1 }
    if (column.kind === 'metadata') {
      const { low, high } = metadata.get(column.name)!
      return { low, high }
    }
    if (column.kind === 'votes') {
      const [low, high] = (await columns.voteRanges(standing))?.[column.question] ?? [null, null]
      return { low, high }
    }
    return column.kind === 'id' ? { low: null, high: null } : rangeIn(await columns.values(column, standing))
  }
}

function rangeIn(values: Numbers | Texts): { low: number | null; high: number | null } {
  if ('codes' in values) return { low: null, high: null }
  let [low, high] = [Infinity, -Infinity]
  for (const value of values) {
    if (value < low) low = value
    if (value > high) high = value
  }
  return low <= high ? { low, high } : { low: null, high: null }
}
