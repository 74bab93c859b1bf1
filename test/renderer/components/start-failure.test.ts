// @vitest-environment happy-dom
import { mount } from '@vue/test-utils'
import { nextTick } from 'vue'
import { beforeEach, expect, test } from 'vitest'
import StartFailure from '@renderer/components/shell/StartFailure.vue'
import { useStatusStore } from '@renderer/stores/status'
import { freshStores, json, project, serve, statusOf } from '../support'

beforeEach(freshStores)

const failure = { path: '/away/deep.galaxydesk', code: 'project/gone', message: 'Connect the disk that it is on.' }

async function shown(...[summary, startFailure]: [ReturnType<typeof project> | null, typeof failure | null]) {
  serve({ 'GET /api/status': () => json({ ...statusOf(summary), startFailure }) })
  const message = mount(StartFailure)
  await useStatusStore().load()
  await nextTick()
  return message
}

test('what could not be opened at the start is named, with the reason and what was opened instead', async () => {
  const message = await shown(project({ name: 'sky' }), failure)
  expect(message.text()).toContain('/away/deep.galaxydesk could not be opened at the start. Connect the disk that it is on.')
  expect(message.text()).toContain('The project sky was opened instead.')
})

test('where no project was opened none is named', async () => {
  expect((await shown(null, failure)).text()).not.toContain('instead')
})

test('nothing is said where all went well, nor once it was dismissed', async () => {
  expect((await shown(project(), null)).text()).toBe('')
  const message = await shown(project(), failure)
  await message.get('button').trigger('click')
  expect(message.text()).toBe('')
  await useStatusStore().load()
  await nextTick()
  expect(message.text()).toBe('')
})
