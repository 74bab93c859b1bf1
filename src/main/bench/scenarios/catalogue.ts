import { randomUUID } from 'node:crypto'
import { cpSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { appendLabel } from '@main/catalogue/labels'
import { openCatalogue, type WritableDb } from '@main/catalogue/open'
import { readQueue } from '@main/catalogue/queue'
import { readQueueItem } from '@main/catalogue/queue-items'
import { openRound, readRounds } from '@main/catalogue/rounds'
import { readSummary } from '@main/catalogue/summary'
import { readCandidates } from '@main/catalogue/training-set'
import { runWork } from '@main/catalogue-thread/run'
import type { SideSettings } from '../protocol'
import type { Prepared, RoundResult } from './index'
import { SEED } from './support-tree'
import { makeSurvey } from './survey'

const LABELS = 5_000
const READS = 40
const NOTE_EVERY_MS = 50

/**
 * What a survey asks of the catalogue: the split, with a fifth of it for testing and a fifth revealed, in its thread while notes are saved, and then,
 * with 5,000 galaxies labelled, what the window reads again and again. The survey is simulated on the footprint of DECaLS, one galaxy in fifty
 * catalogued twice.
 */
export async function prepareCatalogue({ folder, galaxies }: SideSettings): Promise<Prepared> {
  const survey = join(folder, 'survey.galaxydesk')
  const project = join(folder, 'split.galaxydesk')
  makeSurvey(survey, galaxies)
  return {
    about: {
      program: 'SQLite',
      unit: 'survey',
      notes: [`${galaxies.toLocaleString('en')} galaxies, ${LABELS.toLocaleString('en')} labelled`],
    },
    round: async () => {
      cpSync(survey, project, { recursive: true })
      const db = openCatalogue(project)
      try {
        return { times: { ...(await splitBesideNotes(db, project)), ...readAgain(db) } }
      } finally {
        db.close()
        rmSync(project, { recursive: true, force: true })
      }
    },
  }
}

/** The split in its thread, while this one saves a note every 50 ms, as the main process might. */
async function splitBesideNotes(db: WritableDb, project: string): Promise<Times> {
  const savedMs: number[] = []
  const note = { galaxyKey: 1, kind: 'note' as const, note: 'a tidal tail', annotator: 'bench' }
  const saving = setInterval(() => savedMs.push(timed(() => appendLabel(db, { ...note, uuid: randomUUID() }))), NOTE_EVERY_MS)
  const startedAt = performance.now()
  await runWork({ kind: 'split', projectPath: project, request: { test: 0.2, initial: 0.25, seed: SEED } })
  const elapsedMs = performance.now() - startedAt
  clearInterval(saving)
  return { '': [elapsedMs], 'note saved meanwhile': savedMs }
}

type Times = NonNullable<RoundResult['times']>

function readAgain(db: WritableDb): Times {
  const picks = []
  for (const { galaxyKey } of readCandidates(db)) {
    picks.push({ galaxyKey, score: 1, isRandom: false, inclusionProbability: null, parts: {} })
    if (picks.length === LABELS) break
  }
  openRound(db, { strategy: 'mutual-information', modelId: null, seed: SEED, params: {} }, picks)
  const answer = { kind: 'answer', question: 'smooth-or-featured', answer: 'smooth', annotator: 'bench' } as const
  const labelMs = picks.map(({ galaxyKey }) =>
    timed(() => {
      appendLabel(db, { ...answer, uuid: randomUUID(), galaxyKey })
      readQueueItem(db, galaxyKey, 'bench')
    }),
  )
  const again = (read: () => unknown) => Array.from({ length: READS }, () => timed(read))
  return {
    'answer saved and its galaxy read': labelMs,
    summary: again(() => readSummary(db)),
    rounds: again(() => readRounds(db)),
    queue: again(() => readQueue(db, 'bench')),
  }
}

function timed(work: () => unknown): number {
  const startedAt = performance.now()
  work()
  return performance.now() - startedAt
}
