import { createWriteStream } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createRandom } from '@shared/science/stats/random'
import { answerNames, questionRanges } from '@shared/science/tree/decision-tree'
import { SEED, surveyTree } from './support-tree'

const PIECE = 1024 * 1024

/** One row of votes: 18-digit id, position, counts and totals of every question, three columns of metadata. */
function* votesTable(rows: number, prefix: string): Generator<string> {
  const random = createRandom(SEED)
  const ranges = questionRanges(surveyTree)
  yield `dr7objid,ra,dec,${answerNames(surveyTree).join(',')},${ranges.map(({ question }) => `${question.name}_total-votes`).join(',')},redshift,petro_r90,mag_r\n`
  for (let row = 0; row < rows; row++) {
    const totals: number[] = []
    const counts = ranges.flatMap(({ start, end }) => {
      const votes = Array.from({ length: end - start }, () => Math.floor(random.next() * 12))
      totals.push(votes.reduce((sum, count) => sum + count, 0))
      return votes
    })
    const position = `${(random.next() * 360).toFixed(6)},${(Math.asin(2 * random.next() - 1) * (180 / Math.PI)).toFixed(6)}`
    const rest = `${random.next().toFixed(4)},${(random.next() * 20).toFixed(3)},${(14 + random.next() * 4).toFixed(3)}`
    yield `${prefix}${String(row).padStart(10, '0')},${position},${counts.join(',')},${totals.join(',')},${rest}\n`
  }
}

async function* inPieces(lines: Iterable<string>): AsyncGenerator<string> {
  let piece = ''
  for (const line of lines) {
    piece += line
    if (piece.length < PIECE) continue
    yield piece
    piece = ''
  }
  yield piece
}

/** A survey's table of votes as CSV. `prefix` are the first 8 digits of the ids. */
export function writeVotesTable(path: string, rows: number, prefix: string): Promise<void> {
  return pipeline(Readable.from(inPieces(votesTable(rows, prefix))), createWriteStream(path))
}
