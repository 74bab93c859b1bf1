import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { describe, expect, test } from 'vitest'
import { findTree } from '@shared/science/tree/built-in'
import type { WritableDb } from '@main/catalogue/database'
import { openCatalogue } from '@main/catalogue/open'
import { createProject } from '@main/catalogue/project'
import { splitSurvey } from '@main/catalogue/splits'
import { readTrainingSet } from '@main/catalogue/training-set'
import { runImport } from '@main/ingest/run-import'
import { labelFromVotes } from '@main/services/recorded-oracle'

const IDS = Array.from({ length: 8 }, (_, i) => `ring-${i}`)

/** A rings project of eight images; those in `voted` come with a vote "yes". Two are test, three are in round 0. */
async function ringsProject(voted: readonly string[]): Promise<{ db: WritableDb; folder: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'oracle-'))
  for (const id of IDS)
    await sharp({ create: { width: 8, height: 8, channels: 3, background: '#444' } })
      .jpeg()
      .toFile(join(folder, `${id}.jpg`))
  const table = join(folder, 'galaxies.csv')
  const rows = IDS.map((id) => `${id},${id}.jpg${voted.length > 0 ? `,${voted.includes(id) ? '1,0' : ','}` : ''}`)
  writeFileSync(table, [`id,file_name${voted.length > 0 ? ',ring_yes,ring_no' : ''}`, ...rows].join('\n'))
  const project = createProject(join(folder, 'rings.galaxydesk'), findTree('rings'))
  await runImport(project, { table, images: folder })
  const db = openCatalogue(project)
  splitSurvey(db, { test: 2, initial: 3, seed: 1 })
  return { db, folder }
}

const votesTable = (folder: string, rows: readonly string[]) => {
  const path = join(folder, 'votes.csv')
  writeFileSync(path, ['id,ring_yes,ring_no', ...rows].join('\n'))
  return path
}

const trainedOn = (db: WritableDb) => readTrainingSet(db, { combine: 'replace', expertWeight: 1 })

describe('the recorded oracle', () => {
  test('labels the round from a table in a project without votes, and nothing beyond the round', async () => {
    const { db, folder } = await ringsProject([])
    const outcome = await labelFromVotes(
      db,
      votesTable(
        folder,
        IDS.map((id) => `${id},3,1`),
      ),
      'oracle',
    )
    expect(outcome).toEqual({ round: 0, galaxies: 3, labelled: 3 })
    expect(trainedOn(db).ids).toHaveLength(3)
    expect([...trainedOn(db).votes_NA]).toEqual([3, 1, 3, 1, 3, 1])
    db.close()
  })

  test('adds votes that the survey lacks to those it has, so that training sees both', async () => {
    const { db, folder } = await ringsProject(IDS.slice(0, 4))
    const outcome = await labelFromVotes(
      db,
      votesTable(
        folder,
        IDS.map((id, i) => (i < 4 ? `${id},1,0` : `${id},0,5`)),
      ),
      'oracle',
    )
    expect(outcome.labelled).toBe(3)
    expect(trainedOn(db).ids).toHaveLength(3)
    db.close()
  })

  test('refuses a table that contradicts the imported votes, and changes nothing', async () => {
    const { db, folder } = await ringsProject(IDS)
    const before = db.prepare('SELECT count(*) FROM all_votes').pluck().get()
    await expect(
      labelFromVotes(
        db,
        votesTable(
          folder,
          IDS.map((id) => `${id},0,9`),
        ),
        null,
      ),
    ).rejects.toMatchObject({ code: 'label/votes-differ' })
    expect(db.prepare('SELECT count(*) FROM all_votes').pluck().get()).toBe(before)
    db.close()
  })

  test('names what is wrong with a table that has no galaxy of the round', async () => {
    const { db, folder } = await ringsProject([])
    await expect(labelFromVotes(db, votesTable(folder, ['other,1,0']), null)).rejects.toMatchObject({ code: 'label/no-votes' })
    db.close()
  })
})
