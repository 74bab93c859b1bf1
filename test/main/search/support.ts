import type { ModelCard } from '@shared/contract/records'
import type { SearchRequest } from '@shared/contract/search'
import { createRandom } from '@shared/science/stats/random'
import { answerNames } from '@shared/science/tree/decision-tree'
import type { ImportRow } from '@main/catalogue/imports'
import { saveModel } from '@main/catalogue/models'
import { openCatalogue, type WritableDb } from '@main/catalogue/open'
import { savePredictions } from '@main/catalogue/predictions'
import { projectTree } from '@main/catalogue/trees'
import { ensureVoteSet } from '@main/catalogue/votes'
import { createSearch, type Search } from '@main/search/search'
import { createShelf } from '@main/search/shelf'
import { afterEach } from 'vitest'
import { modelCard } from '../catalogue/model-card'
import { importRows, newProject, row, SMALL_TREE_ANSWERS, smallTree } from '../catalogue/support'

export const outputs = answerNames(smallTree)

const closing: (() => void)[] = []
afterEach(() => {
  for (const close of closing.splice(0)) close()
})

/** The search over a project through a connection of its own that only reads, as its thread has it. */
export function searchOf(path: string, limitBytes?: number): Search {
  const db = openCatalogue(path, { readonly: true })
  closing.push(() => db.close())
  return createSearch(db, limitBytes)
}

/** The same that puts also a small survey on its shelf, and finds it there ([Note: The shelf]). */
export function shelvedSearchOf(path: string): Search {
  const db = openCatalogue(path, { readonly: true })
  closing.push(() => db.close())
  return createSearch(db, undefined, createShelf(path, 1))
}

/** Puts on the shelf what a search reads ahead. */
export async function fillShelf(path: string): Promise<void> {
  const search = shelvedSearchOf(path)
  await search.prepare()
  await search.settled()
}

export const request = (filter: string, sort: string | null = null, descending = false): SearchRequest => ({ filter, sort, descending })

/** The keys of the galaxies that a filter finds, in order. */
export async function found(search: Search, filter: string, sort: string | null = null, descending = false): Promise<number[]> {
  return [...(await search.keys(request(filter, sort, descending)))]
}

export const card = (id: string, change: Partial<ModelCard> = {}): ModelCard => modelCard(id, { outputs, ...change })

/** A model that predicts these galaxies, the fraction of each output drawn from `seed`. */
export async function predict(db: WritableDb, id: string, galaxyKeys: readonly number[], seed = 1): Promise<Float32Array> {
  saveModel(db, card(id))
  const random = createRandom(seed, 'predictions')
  const fractions_NA = Float32Array.from({ length: galaxyKeys.length * outputs.length }, () => random.next())
  await savePredictions(db, id, galaxyKeys, fractions_NA)
  return fractions_NA
}

/** Galaxies of all kinds: without votes, without a position, with votes for some questions only, with and without metadata. */
export function mixedRows(count: number, voteSetKey: number, from = 0): ImportRow[] {
  const random = createRandom(11, 'survey', from)
  return Array.from({ length: count }, (_, i) => {
    const hasVotes = random.next() < 0.8
    const asked = random.next() < 0.7
    const counts_A = Array.from({ length: SMALL_TREE_ANSWERS }, (__, a) => (a >= 3 && !asked ? 0 : random.integer(6)))
    const isPlaced = random.next() < 0.9
    const metadata: Record<string, string> = {}
    if (random.next() < 0.8) metadata.redshift = random.next() < 0.1 ? 'NaN' : random.uniform(0, 2).toFixed(2)
    if (random.next() < 0.8) metadata.survey = ['SDSS', 'DECaLS', 'sdss [8]'][random.integer(3)]!
    if (random.next() < 0.5) metadata['petro r90'] = String(random.integer(5))
    metadata.objid = `58773257${String(random.integer(1_000_000_000)).padStart(10, '0')}`
    return row(`g${from + i + 1}`, {
      raDeg: isPlaced ? random.uniform(0, 360) : null,
      decDeg: isPlaced ? random.uniform(-90, 90) : null,
      metadata,
      votes: hasVotes ? [{ voteSetKey, counts_A }] : [],
    })
  })
}

/** A project of such galaxies. */
export function mixedProject(count: number): { path: string; db: WritableDb; voteSetKey: number } {
  const project = newProject()
  const voteSetKey = ensureVoteSet(project.db, 'recorded', projectTree(project.db).version).key
  importRows(project.db, mixedRows(count, voteSetKey))
  return { ...project, voteSetKey }
}
