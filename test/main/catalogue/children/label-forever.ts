/** Labels galaxy after galaxy until it is killed; a line with the UUID of every answer after it was saved. */
import { randomUUID } from 'node:crypto'
import { appendLabel } from '@main/catalogue/labels'
import { openCatalogue } from '@main/catalogue/open'

const db = openCatalogue(process.argv[2]!)
for (let i = 0; ; i++) {
  const answer = i % 2 === 0 ? 'yes' : 'no'
  const event = appendLabel(db, {
    uuid: randomUUID(),
    galaxyKey: 1 + (i % 50),
    kind: 'answer',
    question: 'smooth',
    answer,
    annotator: 'ada',
  })
  process.stdout.write(`${event.uuid}\n`)
}
