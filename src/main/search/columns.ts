import type { Numbers, Texts } from '@shared/science/filter/compare'
import { directions, type Directions } from '@shared/science/filter/cone'
import { knownColumnText } from '@shared/science/filter/find-column'
import type { KnownColumn } from '@shared/science/filter/vocabulary'
import { questionRanges } from '@shared/science/tree/decision-tree'
import { indexTree } from '@shared/science/tree/tree-index'
import type { ReadableDb } from '@main/catalogue/database'
import { readIdOrder } from './id-read'
import { createKept } from './kept'
import { createMetadataColumns, type MetadataColumns } from './metadata-columns'
import { createPredictionColumns } from './prediction-columns'
import { readScores } from './round-read'
import type { Shelf } from './shelf'
import { shelfStamp, stampOf } from './stamps'
import type { Standing } from './standing'
import { createVoteColumns, type VoteColumns } from './vote-columns'
import { fractionsOf, totalsOf, type VoteRanges } from './votes-read'

/** The values of columns [N] by row, read from the shelf or the catalogue when they are first asked for and kept while there is room. */
export type Columns = {
  /** Of `id` the place of each galaxy in their order. */
  values: (column: KnownColumn, standing: Standing) => Promise<Numbers | Texts>
  directions: (standing: Standing) => Promise<Directions>
  /** The recorded votes; null where the project has none. */
  counts: VoteColumns['all']
  metadata: MetadataColumns['read']
  metadataList: MetadataColumns['list']
  voteRanges: (standing: Standing) => Promise<VoteRanges | null>
  /** Puts on the shelf what is not there ([Note: The shelf]). */
  prepare: (standing: Standing) => Promise<void>
  readonly bytes: number
}

const sizeOf = (array: { byteLength: number }) => array.byteLength

export function createColumns(db: ReadableDb, limitBytes: number, shelf: Shelf): Columns {
  const kept = createKept(limitBytes)
  const votes = createVoteColumns(db, kept, shelf)
  const predictions = createPredictionColumns(db, kept, shelf)
  const metadata = createMetadataColumns(db, kept, shelf)

  function idOrder(standing: Standing): Numbers {
    const { rows } = standing
    const stamp = shelfStamp(stampOf({ kind: 'id' }, standing), standing)
    const shelved = shelf.read('ids', stamp, null)?.arrays.get('place')
    if (shelved !== undefined) return shelved as Float64Array
    const place = readIdOrder(db, rows)
    if (shelf.isUseful(rows.count)) void shelf.write('ids', stamp, null, { place })
    return place
  }

  /** Values that are made of others, or few enough to be read at once. */
  async function made(column: KnownColumn, standing: Standing): Promise<Numbers> {
    const { rows, tree, models } = standing
    const unknown = () => new Float64Array(rows.count).fill(NaN)
    switch (column.kind) {
      case 'fraction': {
        const answer = indexTree(tree.tree).answerByName.get(column.answer)!
        const { question, start } = questionRanges(tree.tree).find((range) => answer < range.end)!
        const counts = await votes.ofQuestion(question.name, standing)
        return counts === null ? unknown() : fractionsOf(counts, answer - start)
      }
      case 'votes': {
        const counts = await votes.ofQuestion(column.question, standing)
        return counts === null ? unknown() : totalsOf(counts)
      }
      case 'prediction':
        return predictions.ofAnswer(
          models.find(({ id }) => id === column.model)!,
          column.answer,
          standing,
        )
      case 'score':
        return readScores(db, column.round, rows)
      case 'id':
        return idOrder(standing)
      default:
        throw new Error(`${knownColumnText(column)} is not made`)
    }
  }

  return {
    counts: votes.all,
    metadata: metadata.read,
    metadataList: metadata.list,
    voteRanges: votes.ranges,
    get bytes() {
      return kept.bytes
    },
    async values(column, standing) {
      if (column.kind === 'ra') return standing.rows.raDeg
      if (column.kind === 'dec') return standing.rows.decDeg
      if (column.kind !== 'metadata')
        return kept.get(knownColumnText(column), stampOf(column, standing), sizeOf, () => made(column, standing))
      const found = (await metadata.read([column.name], standing)).get(column.name)!
      return found.type === 'number' ? found.numbers : found
    },
    directions: ({ rows }) =>
      kept.get<Directions>(
        'directions',
        String(rows.count),
        ({ x }) => 3 * x.byteLength,
        () => directions(rows.raDeg, rows.decDeg),
      ),
    async prepare(standing) {
      if (!shelf.isUseful(standing.rows.count)) return
      await metadata.list(standing)
      await votes.prepare(standing)
      await predictions.prepare(standing)
      if (shelf.read('ids', shelfStamp(stampOf({ kind: 'id' }, standing), standing), []) === null) idOrder(standing)
    },
  }
}
