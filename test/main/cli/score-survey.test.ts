import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { samplesWidth } from '@shared/science/acquisition/candidates'
import { plainRanking, rankCandidates } from '@shared/science/acquisition/ranking'
import { AppError } from '@shared/science/errors'
import { scoreBinaryFile } from '@main/cli/commands/score-survey'
import { createOutput } from '@main/cli/output'
import { binomialPrediction, candidatesOf, drawSurvey, treePrediction } from '../compute/score/support'

const folder = mkdtempSync(join(tmpdir(), 'galaxy-desk-test-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const output = createOutput(true)

describe('scoring a file of float32', () => {
  it.each([
    ['concentrations', treePrediction(1, 3, 'gz2')],
    ['vote fractions', binomialPrediction(10)],
  ] as const)('gives the best galaxies with their parts, and the scores of all: %s', async (name, prediction) => {
    const values = drawSurvey(prediction, 300)
    const path = join(folder, `${name}.f32`)
    const out = join(folder, `${name}-scores.f32`)
    writeFileSync(path, new Uint8Array(values.buffer))
    const report = await scoreBinaryFile(path, prediction, { top: 7, seed: 1, out }, output)
    const expected = rankCandidates(candidatesOf(prediction, values), plainRanking('tree-information', 1), 300)
    expect(report.galaxies).toBe(300)
    expect(report.meanSampleSpread).toBeGreaterThan(0)
    expect(report.scores).toEqual(
      expected.slice(0, 7).map(({ index, score, parts }) => ({ galaxy: index, total: score, questions: parts })),
    )
    const all = new Float32Array(new Uint8Array(readFileSync(out)).buffer)
    expect(all).toHaveLength(300)
    // Float32, made by the kernel.
    for (const { index, score } of expected) expect(Math.abs(all[index]! - score!)).toBeLessThan(2e-6)
  })

  it('refuses a file that is no whole number of galaxies, or not there', async () => {
    const prediction = treePrediction(1, 3)
    const path = join(folder, 'cut.f32')
    writeFileSync(path, new Uint8Array(4 * samplesWidth(prediction) + 4))
    const codeOf = (file: string) =>
      scoreBinaryFile(file, prediction, { top: 1, seed: 1 }, output).then(
        () => 'nothing thrown',
        (error: unknown) => (error instanceof AppError ? error.code : String(error)),
      )
    expect(await codeOf(path)).toBe('score/bad-file')
    expect(await codeOf(join(folder, 'absent.f32'))).toBe('score/unreadable')
  })
})
