// @vitest-environment happy-dom
import { flushPromises, mount } from '@vue/test-utils'
import { beforeEach, describe, expect, test } from 'vitest'
import AnnotatorForm from '@renderer/components/label/AnnotatorForm.vue'
import { likeName } from '@renderer/like-name'
import { useSettingsStore } from '@renderer/stores/settings'
import { freshStores, json, serve } from '../support'

beforeEach(freshStores)

async function form(annotators: string[]) {
  serve({ 'GET /api/annotators': () => json({ annotators }) })
  const wrapper = mount(AnnotatorForm)
  await flushPromises()
  const write = async (name: string) => {
    await wrapper.get('input').setValue(name)
    await wrapper.get('form').trigger('submit')
  }
  return { wrapper, settings: useSettingsStore(), write }
}

test.each([
  ['ada', ['Ben', 'Ada'], 'Ada'],
  ['J. Bell', ['J Bell'], 'J Bell'],
  ['Jose', ['José'], 'José'],
  ['Ada', ['Ada', 'ada'], null],
  ['Ada B', ['Ada'], null],
  ['?', ['!'], null],
])('%s among %j is like %s', (name, known, like) => expect(likeName(name, known)).toBe(like))

describe('who is labelling', () => {
  test('may be chosen among those who have labelled in the project', async () => {
    const { wrapper, settings } = await form(['Ada', 'Ben'])
    const names = wrapper.findAll('[role="group"] button')
    expect(names.map((button) => button.text())).toEqual(['Ada', 'Ben'])
    await names[1]!.trigger('click')
    expect([settings.annotator, wrapper.emitted('done')?.length]).toEqual(['Ben', 1])
  })

  test('is asked about once where the name differs from a known one by its writing alone', async () => {
    const { wrapper, settings, write } = await form(['Ada'])
    // Also where that name is the one that is to be changed.
    settings.annotator = 'Ada'
    await write('ada')
    expect(wrapper.get('[data-testid="meant"]').text()).toContain('Ada has labelled in this project')
    expect([settings.annotator, wrapper.emitted('done')]).toEqual(['Ada', undefined])
    expect(wrapper.get('[role="group"] button').text()).toBe('Ada')
    await wrapper.get('form').trigger('submit')
    expect([settings.annotator, wrapper.emitted('done')?.length]).toEqual(['ada', 1])
  })

  test('may have a new name, and one that is none is refused', async () => {
    const { wrapper, settings, write } = await form(['Ada'])
    await write('   ')
    expect([wrapper.get('[role="alert"]').text().includes('cannot be a name'), settings.annotator]).toEqual([true, ''])
    await write('Cleo')
    expect(settings.annotator).toBe('Cleo')
  })
})
