import { stat, writeFile } from 'node:fs/promises'
import { rankSurvey } from '@main/compute/score/survey'
import { samplesWidth, type Prediction } from '@shared/science/acquisition/candidates'
import { plainRanking } from '@shared/science/acquisition/ranking'
import type { ScorePart } from '@shared/science/acquisition/tree'
import { AppError } from '@shared/science/errors'
import type { Output } from '../output'

/** A galaxy of a survey's file: its row, from 0, and its score with the parts, nats. */
export type SurveyScore = { readonly galaxy: number; readonly total: number; readonly questions: Record<string, ScorePart> }

/** `scores` are the largest, best first. */
export type SurveyReport = { readonly galaxies: number; readonly meanSampleSpread: number; readonly scores: SurveyScore[] }

/** Whether a file holds float32 numbers, row by row, and not JSON. */
export const isBinary = (path: string) => path.endsWith('.f32')

/**
 * Scores the galaxies of a file of little-endian float32, [galaxy][sample][answer] or [galaxy][sample], on all cores and without reading it
 * into memory. `out`: a file for the scores of all galaxies, float32 in their order. Ctrl+C stops it. Throws `score/unreadable`,
 * `score/bad-file`, `job/cancelled`.
 */
export async function scoreBinaryFile(
  path: string,
  prediction: Prediction,
  { top, seed, out }: { top: number; seed: number; out?: string | undefined },
  output: Output,
): Promise<SurveyReport> {
  const { size } = await stat(path).catch((error: Error) => {
    throw new AppError('score/unreadable', `${path} cannot be read: ${error.message}`, { cause: error })
  })
  const rowBytes = 4 * samplesWidth(prediction)
  if (size === 0 || size % rowBytes !== 0) {
    throw new AppError(
      'score/bad-file',
      `${path} has ${size} bytes, which is no whole number of galaxies of ${samplesWidth(prediction)} float32 numbers (${rowBytes} bytes). Check --samples and --tree.`,
    )
  }
  const cancel = new AbortController()
  const stop = () => cancel.abort()
  process.on('SIGINT', stop)
  process.on('SIGTERM', stop)
  try {
    const survey = { prediction, galaxyCount: size / rowBytes, source: { kind: 'file', path, offsetBytes: 0 } as const }
    const context = { signal: cancel.signal, onProgress: output.progress }
    const { best, score_N, meanSampleSpread } = await rankSurvey(survey, plainRanking('tree-information', seed), top, { context })
    if (out !== undefined) await writeFile(out, new Uint8Array(Float32Array.from(score_N).buffer))
    const scores = best.map(({ index, score, parts }) => ({ galaxy: index, total: score!, questions: parts }))
    return { galaxies: survey.galaxyCount, meanSampleSpread, scores }
  } finally {
    process.off('SIGINT', stop)
    process.off('SIGTERM', stop)
  }
}
