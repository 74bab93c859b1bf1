// @vitest-environment happy-dom
import { beforeEach, expect, test } from 'vitest'
import { useJobsStore } from '@renderer/stores/jobs'
import { useStatusStore } from '@renderer/stores/status'
import { freshStores, job, json, project, serve, statusOf } from '../support'

beforeEach(freshStores)

test('another project begins without the jobs of the one before', async () => {
  serve({ 'GET /api/status': () => json(statusOf(project({ path: '/a' }), [job({ state: 'failed' })])) })
  const status = useStatusStore()
  await status.load()
  status.setProject(project({ path: '/a', openRound: 2 }))
  expect(useJobsStore().jobs).toHaveLength(1)
  status.setProject(project({ path: '/b' }))
  expect(useJobsStore().jobs).toEqual([])
})
