import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll } from 'vitest'
import { findTree } from '@shared/science/tree/built-in'
import { createProject } from '@main/catalogue/project'
import { runSplit } from '@main/catalogue/run-split'
import { runImport } from '@main/ingest/run-import'
import { writeSample } from '@main/ingest/write-sample'

/**
 * A project of drawn galaxies on the tree gz2 with all but two of them in the first round, made before the tests of a describe block. Called before
 * `beginJourney`, whose application opens it. Gives its path.
 */
export function drawnProject(name: string, { galaxies, seed }: { galaxies: number; seed: number }): string {
  const folder = mkdtempSync(join(tmpdir(), `galaxy-desk-${name}-`))
  const project = join(folder, `${name}.galaxydesk`)
  beforeAll(async () => {
    const { imageFolder } = await writeSample(join(folder, 'drawn'), { galaxies, seed })
    createProject(project, findTree('gz2'))
    await runImport(project, { images: imageFolder })
    await runSplit(project, { test: 2, initial: 'all', seed: 1 })
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  return project
}
