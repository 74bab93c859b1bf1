import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { answerNames } from '@shared/science/tree/decision-tree'
import type { ReadableDb } from './database'
import { readTree } from './trees'
import { readImages, type GalaxyImage } from './views'
import { voteSets } from './votes'

/** Something that is wrong with a project, and what to do about it. */
export type Finding = { code: string; message: string }

/** Image findings of one kind beyond this many are only counted. */
const MOST_NAMED = 100
const IMAGES_AT_ONCE = 32

/** Looks through the whole catalogue, and reads every image file unless told not to. An empty list: all is well. */
export async function checkCatalogue(db: ReadableDb, { images = true }: { images?: boolean } = {}): Promise<Finding[]> {
  return [...checkDatabase(db), ...checkVotes(db), ...checkTotals(db), ...(images ? await checkImages(db) : [])]
}

function checkDatabase(db: ReadableDb): Finding[] {
  const pages = (db.pragma('integrity_check') as { integrity_check: string }[])
    .map((row) => row.integrity_check)
    .filter((text) => text !== 'ok')
  const links = db.pragma('foreign_key_check') as { table: string; rowid: number | null; parent: string }[]
  return [
    ...pages.map((text) => ({
      code: 'check/damaged',
      message: `The catalogue is damaged: ${text}. Put back the latest copy from the folder backups.`,
    })),
    ...links.map(({ table, rowid, parent }) => ({
      code: 'check/loose-row',
      message: `Row ${rowid ?? '?'} of ${table} names a row of ${parent} that is not there. Put back the latest copy from the folder backups.`,
    })),
  ]
}

function checkVotes(db: ReadableDb): Finding[] {
  return voteSets(db).flatMap(({ key, campaign, treeVersion }) => {
    const bytes = 2 * answerNames(readTree(db, treeVersion)).length
    const wrong = db
      .prepare<[number, number], string>(
        'SELECT id FROM votes JOIN galaxies USING (galaxy_key) WHERE vote_set_key = ? AND length(counts) <> ? LIMIT 10',
      )
      .pluck()
      .all(key, bytes)
    return wrong.map((id) => ({
      code: 'check/bad-votes',
      message: `The votes of galaxy ${id} in campaign ${campaign} have the wrong length. Import them again.`,
    }))
  })
}

function checkTotals(db: ReadableDb): Finding[] {
  const [kept, counted] = db
    .prepare<[], [number, number]>(
      'SELECT (SELECT coalesce(sum(galaxies), 0) FROM imports WHERE completed_at IS NOT NULL), (SELECT count(*) FROM galaxies)',
    )
    .raw()
    .get()!
  return kept === counted
    ? []
    : [{ code: 'check/bad-total', message: `The imports brought ${kept} galaxies, but there are ${counted}. Put back the latest backup.` }]
}

async function checkImages(db: ReadableDb): Promise<Finding[]> {
  const findings: Finding[] = []
  const counts = new Map<string, number>()
  for (const some of inGroups(readImages(db), IMAGES_AT_ONCE)) {
    for (const finding of await Promise.all(some.map(checkImage))) {
      if (finding === null) continue
      const count = (counts.get(finding.code) ?? 0) + 1
      counts.set(finding.code, count)
      if (count <= MOST_NAMED) findings.push(finding)
    }
  }
  for (const [code, count] of counts)
    if (count > MOST_NAMED) findings.push({ code, message: `There are ${count - MOST_NAMED} more of these.` })
  return findings
}

/** Reads the whole file: only its content says whether it still is the image that was imported. */
async function checkImage({ id, path, checksum }: GalaxyImage): Promise<Finding | null> {
  const missing = (how: string) => ({ code: 'check/image-missing', message: `The image of galaxy ${id} ${how}: ${path}. Put it back.` })
  let file: Buffer
  try {
    file = await readFile(path)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    return missing(code === 'ENOENT' || code === 'ENOTDIR' ? 'is gone' : `cannot be read (${code})`)
  }
  if (file.length === 0) return missing('is empty')
  if (createHash('sha256').update(file).digest('hex') === checksum) return null
  const message = `The image of galaxy ${id} is not the one that was imported: ${path}. Put that back, or predict again to use the new one.`
  return { code: 'check/image-changed', message }
}

function* inGroups(images: Iterable<GalaxyImage>, size: number): Generator<GalaxyImage[]> {
  let group: GalaxyImage[] = []
  for (const image of images) {
    group.push(image)
    if (group.length < size) continue
    yield group
    group = []
  }
  if (group.length > 0) yield group
}
