// @vitest-environment happy-dom
import { flushPromises } from '@vue/test-utils'
import { describe, expect, test } from 'vitest'
import { settingsSchema, writeSettingsFile } from '@renderer/settings-file'
import { useLabellingStore } from '@renderer/stores/labelling'
import { useStatusStore } from '@renderer/stores/status'
import { useSettingsStore } from '@renderer/stores/settings'
import KnownAnswersPanel from '@renderer/components/settings/KnownAnswersPanel.vue'
import LabellingPanel from '@renderer/components/settings/LabellingPanel.vue'
import SettingsView from '@renderer/views/SettingsView.vue'
import { deferred, json } from '../support'
import { defaults, pageTests, sent } from './page'

const { show, view } = pageTests()

describe('Settings', () => {
  const action = (id: string) => view().get(`[data-action="${id}"]`)
  async function change(id: string, key: string, init: KeyboardEventInit = {}) {
    const button = action(id).findAll('button').at(-1)!
    await button.trigger('click')
    button.element.dispatchEvent(new KeyboardEvent('keydown', { key, cancelable: true, ...init }))
    await flushPromises()
  }

  test('theme, text size and motion change the window at once', async () => {
    await show(SettingsView, {})
    const [theme, size, motion] = view().findAll('select')
    await theme!.setValue('light')
    await size!.setValue('150')
    await motion!.setValue('reduced')
    const { dataset, style } = document.documentElement
    expect([dataset.theme, style.fontSize, dataset.motion]).toEqual(['light', '150%', 'reduced'])
  })

  test('how a project is labelled is kept in the project, and what is out of bounds is put back', async () => {
    const { calls } = await show(SettingsView, {})
    const [repeats] = view().findAll<HTMLInputElement>('input[type="number"]')
    await repeats!.setValue('70')
    expect(repeats!.element.value).toBe('5')
    await repeats!.setValue('10')
    await flushPromises()
    expect(sent(calls, '/api/labelling')).toEqual([{ repeatShare: 0.1 }])
  })

  test('what the model predicts is never shown unless the project is set so, and why is said', async () => {
    const { calls } = await show(SettingsView, {})
    const select = view()
      .findAll('select')
      .find((each) => each.findAll('option').some((option) => option.text().startsWith('Never')))!
    expect(select.element.value).toBe('never')
    const hint = view().get(`[id="${select.attributes('aria-describedby')}"]`)
    expect(hint.text()).toContain('tends to agree with it')
    await select.setValue('after')
    await flushPromises()
    expect(sent(calls, '/api/labelling')).toEqual([{ hints: 'after' }])
  })

  test('quick changes are all made, and one that fails is taken back', async () => {
    const replies = Array.from({ length: 3 }, () => deferred<Response>())
    let asked = 0
    const { calls } = await show(SettingsView, { 'POST /api/labelling': () => replies[asked++]!.promise })
    const panel = view().getComponent(LabellingPanel)
    const [repeats, hints] = [() => panel.get<HTMLInputElement>('input'), () => panel.get<HTMLSelectElement>('select')]
    await repeats().setValue('10')
    await repeats().setValue('12')
    await hints().setValue('after')
    await flushPromises()
    for (const reply of replies.slice(0, 2)) {
      reply.resolve(json({ ...defaults, repeatShare: 0.1 }))
      await flushPromises()
      expect(repeats().element.value).toBe('12')
    }
    replies[2]!.resolve(json({ code: 'catalogue/full', message: 'The disk is full. Make room.' }, 500))
    await flushPromises()
    expect(sent(calls, '/api/labelling').at(-1)).toEqual({ repeatShare: 0.12, hints: 'after' })
    expect([repeats().element.value, hints().element.value]).toEqual(['10', 'never'])
    expect(view().text()).toContain('The disk is full.')
  })

  test('what is read while a change is on its way comes after it', async () => {
    const reply = deferred<Response>()
    const { calls } = await show(SettingsView, { 'POST /api/labelling': () => reply.promise })
    const repeats = () => view().getComponent(LabellingPanel).get<HTMLInputElement>('input').element.value
    await view().getComponent(LabellingPanel).get('input').setValue('10')
    const reading = useLabellingStore().load()
    await flushPromises()
    const read = () => calls.filter(({ method, path }) => method === 'GET' && path === '/api/labelling').length
    expect([repeats(), read()]).toEqual(['10', 1])
    reply.resolve(json({ ...defaults, repeatShare: 0.1 }))
    await reading
    expect(read()).toBe(2)
  })

  test('known answers are taken from a table, and what was taken or refused is said', async () => {
    let isRefused = false
    const { calls } = await show(SettingsView, {
      'POST /api/gold': () =>
        isRefused
          ? json({ code: 'gold/bad-row', message: 'Row 3 of /data/gold.csv: the survey has no galaxy "x".' }, 400)
          : json({ taken: 12, known: 20, empty: 1, withoutImage: 2 }),
    })
    const panel = view().getComponent(KnownAnswersPanel)
    const [table, answers] = panel.findAll('input')
    await table!.setValue('/data/gold.csv')
    await answers!.setValue('truth')
    await panel.get('select').setValue('how-rounded')
    // As after any job: what was chosen stays.
    await useStatusStore().load()
    await flushPromises()
    await panel.get('form').trigger('submit')
    await flushPromises()
    expect(sent(calls, '/api/gold')).toEqual([{ table: '/data/gold.csv', idColumn: 'id', question: 'how-rounded', answerColumn: 'truth' }])
    expect(panel.findAll('[data-testid="gold-taken"]').map((each) => each.text())).toEqual([
      '12 known answers taken, 1 row without one; the project has 20.',
      'Galaxies without an image, which come to nobody: 2. Import their images.',
    ])
    isRefused = true
    await panel.get('form').trigger('submit')
    await flushPromises()
    expect([panel.text().includes('no galaxy "x"'), panel.find('[data-testid="gold-taken"]').exists()]).toEqual([true, false])
  })

  test('an action takes another key, refuses one that is taken, and gets its first key back', async () => {
    await show(SettingsView, {})
    const settings = useSettingsStore()
    await change('flag', 'F9')
    expect(settings.keys).toEqual({ flag: ['F9'] })
    expect(action('flag').get('kbd').text()).toBe('F9')
    await change('star', 'F9')
    expect(view().get('[data-testid="key-refused"]').text()).toContain('F9 is a key of “Flag: to look at again” already.')
    expect(settings.keys).toEqual({ flag: ['F9'] })
    await change('star', 'Escape')
    expect(settings.keys).toEqual({ flag: ['F9'] })
    await action('flag').get('button[title="Restore"]').trigger('click')
    expect(settings.keys).toEqual({})
  })

  test('a file of settings is taken, and one that cannot be read changes nothing', async () => {
    await show(SettingsView, {})
    const input = view().get<HTMLInputElement>('input[type="file"]')
    const choose = async (text: string) => {
      Object.defineProperty(input.element, 'files', { value: [new File([text], 'mine.json')], configurable: true })
      await input.trigger('change')
      await flushPromises()
    }
    await choose('{}')
    expect(view().get('[role="alert"]').text()).toContain('settings/unreadable')
    await choose(writeSettingsFile(settingsSchema.parse({ annotator: 'Ada', theme: 'light' })))
    expect(view().get('[data-testid="settings-taken"]').text()).toBe('The settings of mine.json are in use.')
    expect(useSettingsStore().annotator).toBe('Ada')
  })
})
