/** Imports galaxies until it is killed; a line for every batch that is committed, after which others may write. */
import { beginImport, insertImportBatch } from '@main/catalogue/imports'
import { openCatalogue } from '@main/catalogue/open'
import { block } from '../../block'

const db = openCatalogue(process.argv[2]!)
const running = beginImport(db, {})
for (let batch = 0; ; batch++) {
  const rows = Array.from({ length: 500 }, (_, i) => {
    const id = `late-${batch}-${i}`
    const image = { path: `/survey/${id}.jpg`, pixelScaleArcsec: null, widthPx: 64, heightPx: 64, checksum: id }
    return { id, raDeg: null, decDeg: null, metadata: {}, image, votes: [] }
  })
  insertImportBatch(db, running, rows)
  process.stdout.write(`${batch}\n`)
  block(20)
}
