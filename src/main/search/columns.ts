import type { Numbers, Texts } from '@shared/science/filter/compare'
import { directions, type Directions } from '@shared/science/filter/cone'
import { knownColumnText } from '@shared/science/filter/find-column'
import type { KnownColumn } from '@shared/science/filter/vocabulary'
import { indexTree } from '@shared/science/tree/tree-index'
import type { ReadableDb } from '@main/catalogue/database'
import { readIdOrder } from './id-read'
import { createKept } from './kept'
import { listMetadata, readMetadata, type MetadataColumn, type MetadataInfo } from './metadata-read'
import { outputOf, readFractions } from './predictions-read'
import { readScores } from './round-read'
import type { PredictingModel, Standing } from './standing'
import { fractionsOf, readCounts, totalsOf, type RecordedCounts } from './votes-read'

/** The values of columns [N] by row, read from the catalogue when they are first asked for and kept while there is room. */
export type Columns = {
  /** Of `id` the place of each galaxy in their order. */
  values: (column: KnownColumn, standing: Standing) => Promise<Numbers | Texts>
  directions: (standing: Standing) => Promise<Directions>
  /** The recorded votes; null where the project has none. */
  counts: (standing: Standing) => Promise<RecordedCounts | null>
  /** Columns of the imported tables, in one walk over the survey for those that are not there; null: no galaxy has a value. */
  metadata: (names: readonly string[], standing: Standing) => Promise<ReadonlyMap<string, MetadataColumn | null>>
  metadataList: (standing: Standing) => Promise<ReadonlyMap<string, MetadataInfo>>
  readonly bytes: number
}

/** What the values of a column depend on: they are to be read again when it changes. */
export function stampOf(column: KnownColumn, { rows, voteSet, imports, models }: Standing): string {
  switch (column.kind) {
    case 'fraction':
    case 'votes':
      return `${rows.count} galaxies, vote set ${voteSet?.key ?? 'none'} of ${imports.length} imports`
    case 'prediction':
      return `${rows.count} galaxies, ${models.find(({ id }) => id === column.model)?.stamp ?? 'no model'}`
    default:
      return `${rows.count} galaxies`
  }
}

const sizeOf = (array: { byteLength: number }) => array.byteLength
/** Bytes of a text beside its letters. */
const TEXT_OVERHEAD = 40

export function createColumns(db: ReadableDb, limitBytes: number): Columns {
  const kept = createKept(limitBytes)

  const counts = (standing: Standing): Promise<RecordedCounts | null> => {
    const { voteSet, tree, rows, imports } = standing
    if (voteSet === null) return Promise.resolve(null)
    const { answerCount } = indexTree(tree.tree)
    const stamp = stampOf({ kind: 'votes', question: '' }, standing)
    return kept.get<RecordedCounts>(
      'counts',
      stamp,
      ({ counts_NA, hasRecord_N }) => counts_NA.byteLength + hasRecord_N.byteLength,
      (before) => readCounts(db, voteSet, answerCount, rows, imports, before),
    )
  }

  const predictions = (model: PredictingModel, standing: Standing) =>
    kept.get<Float32Array>(`predictions of ${model.id}`, `${standing.rows.count} ${model.stamp}`, sizeOf, () =>
      readFractions(db, model, standing.rows),
    )

  /** Values that are made of others, or few enough to be read at once. */
  async function made(column: KnownColumn, standing: Standing): Promise<Numbers> {
    const { rows, tree, models } = standing
    const unknown = () => new Float64Array(rows.count).fill(NaN)
    switch (column.kind) {
      case 'fraction': {
        const recorded = await counts(standing)
        return recorded === null ? unknown() : fractionsOf(recorded, tree.tree, indexTree(tree.tree).answerByName.get(column.answer)!)
      }
      case 'votes': {
        const recorded = await counts(standing)
        return recorded === null ? unknown() : totalsOf(recorded, tree.tree, column.question)
      }
      case 'prediction': {
        const model = models.find(({ id }) => id === column.model)!
        return outputOf(await predictions(model, standing), model.outputs.length, model.outputs.indexOf(column.answer))
      }
      case 'score':
        return readScores(db, column.round, rows)
      case 'id':
        return readIdOrder(db, rows)
      default:
        throw new Error(`${knownColumnText(column)} is not made`)
    }
  }

  const metadata: Columns['metadata'] = async (names, standing) => {
    const { rows } = standing
    const before = new Map<string, MetadataColumn | null>()
    // Begun when all that are missing have put down their names.
    let reading: ReturnType<typeof readMetadata> | null = null
    const read = (name: string, last: MetadataColumn | null) => {
      before.set(name, last)
      reading ??= Promise.resolve().then(() => readMetadata(db, [...before.keys()], rows, before))
      return reading.then((columns) => columns.get(name) ?? null)
    }
    const columns = await Promise.all(
      names.map((name) =>
        kept.get<MetadataColumn | null>(`column ${name}`, stampOf({ kind: 'ra' }, standing), sizeOfMetadata, (last) => read(name, last)),
      ),
    )
    return new Map(names.map((name, i) => [name, columns[i]!]))
  }

  return {
    metadata,
    counts,
    get bytes() {
      return kept.bytes
    },
    async values(column, standing) {
      if (column.kind === 'ra') return standing.rows.raDeg
      if (column.kind === 'dec') return standing.rows.decDeg
      if (column.kind !== 'metadata')
        return kept.get(knownColumnText(column), stampOf(column, standing), sizeOf, () => made(column, standing))
      const found = (await metadata([column.name], standing)).get(column.name)!
      return found.type === 'number' ? found.numbers : found
    },
    directions: ({ rows }) =>
      kept.get<Directions>(
        'directions',
        String(rows.count),
        ({ x }) => 3 * x.byteLength,
        () => directions(rows.raDeg, rows.decDeg),
      ),
    metadataList: ({ rows }) =>
      kept.get<ReadonlyMap<string, MetadataInfo>>(
        'list of columns',
        String(rows.count),
        () => 0,
        () => listMetadata(db, rows),
      ),
  }
}

function sizeOfMetadata(column: MetadataColumn | null): number {
  if (column === null) return 0
  if (column.type === 'number') return column.numbers.byteLength
  return column.values.reduce((sum, value) => sum + 2 * value.length + TEXT_OVERHEAD, column.codes.byteLength)
}
