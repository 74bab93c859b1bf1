import { beforeEach, describe, expect, it } from 'vitest'
import { examplesSchema, neighboursSchema } from '@shared/contract/beside'
import { appendLabel } from '@main/catalogue/labels'
import { answerOf } from '../catalogue/support'
import { errorOf, newClient, ownFolder, surveyOnDisk, type Client } from './support'

let client: Client
beforeEach(async () => {
  const folder = ownFolder()
  client = newClient()
  await client.desk.open(await surveyOnDisk(folder, { count: 6, hasVotes: true }))
})

describe('examples', () => {
  it('are those of the annotator who asks', async () => {
    appendLabel(client.desk.project().db, answerOf(2, 'smooth', 'artifact', 'ada'))
    const of = async (annotator: string) => {
      const { status, body } = await client.get(`/api/examples?annotator=${annotator}`)
      expect(status).toBe(200)
      return examplesSchema.parse(body)
    }
    expect(await of('ada')).toMatchObject({ minVotes: null, answers: { smooth_artifact: [{ galaxyKey: 2, id: 'g2', source: 'own' }] } })
    expect(await of('bob')).toEqual({ minVotes: null, answers: {} })
  })

  it('show votes only once they were revealed', async () => {
    const { db } = client.desk.project()
    await client.post('/api/split', { test: 1, initial: 2, seed: 1 })
    const revealed = db.prepare<[], number>('SELECT galaxy_key FROM revealed_votes ORDER BY 1').pluck().all()
    const { minVotes, answers } = examplesSchema.parse((await client.get('/api/examples?annotator=ada')).body)
    expect([minVotes, answers.smooth_yes!.map(({ galaxyKey }) => galaxyKey)]).toEqual([20, revealed])
    expect(answers.smooth_yes![0]).toMatchObject({ source: 'votes', fraction: 0.75, votes: 40 })
  })

  it('need an annotator', async () => {
    expect(errorOf(await client.get('/api/examples'))).toEqual({ status: 400, code: 'request/invalid' })
  })
})

describe('the nearest labelled galaxies', () => {
  it('say why there are none', async () => {
    const { status, body } = await client.get('/api/galaxies/1/neighbours?annotator=ada')
    expect([status, neighboursSchema.parse(body)]).toEqual([200, { kind: 'none', reason: 'no-model', modelId: null }])
  })

  it('are refused for a galaxy that is not there, and without an annotator', async () => {
    expect(errorOf(await client.get('/api/galaxies/99/neighbours?annotator=ada'))).toEqual({ status: 404, code: 'galaxy/unknown' })
    expect(errorOf(await client.get('/api/galaxies/1/neighbours'))).toEqual({ status: 400, code: 'request/invalid' })
  })
})
