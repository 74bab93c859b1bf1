import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { importParamsSchema } from '@shared/contract/job'
import { newClient, ownFolder } from '../api/support'

test('an import that was taken, but not its end, is told of by the resumed job, and not made again', async () => {
  const folder = ownFolder()
  const table = join(folder, 'table.csv')
  writeFileSync(table, 'id\na\nb\nb\n')
  const { desk } = newClient()
  await desk.create({ path: join(folder, 'survey.galaxydesk'), tree: 'rings' })
  const { db, runner } = desk.project()
  db.exec("CREATE TRIGGER full BEFORE UPDATE ON jobs WHEN NEW.state = 'done' BEGIN SELECT RAISE(ABORT, 'disk is full'); END")
  const { id } = await desk.submit({ kind: 'import', params: importParamsSchema.parse({ table }) })
  expect(await runner.finished(id)).toMatchObject({ state: 'failed', error: { code: 'job/unsaved' } })
  db.exec('DROP TRIGGER full')
  runner.resume(id)
  expect(await runner.finished(id)).toMatchObject({ state: 'done', result: { imported: 2, refusedCount: 1 } })
  // Another job is another import.
  const other = await desk.submit({ kind: 'import', params: importParamsSchema.parse({ table }) })
  expect(await runner.finished(other.id)).toMatchObject({ state: 'done', result: { imported: 0, refusedCount: 3 } })
})
