// @vitest-environment happy-dom
import { flushPromises, mount } from '@vue/test-utils'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import FolderPicker from '@renderer/components/projects/FolderPicker.vue'
import PathField from '@renderer/components/projects/PathField.vue'
import { freshStores, json, serve } from '../support'

beforeEach(freshStores)
afterEach(() => document.body.replaceChildren())

const listings: Record<string, unknown> = {
  '/home/ada': {
    path: '/home/ada',
    parent: '/home',
    entries: [
      { name: 'images', path: '/home/ada/images', kind: 'folder' },
      { name: 'sky.galaxydesk', path: '/home/ada/sky.galaxydesk', kind: 'project' },
      { name: 'votes.csv', path: '/home/ada/votes.csv', kind: 'file' },
    ],
  },
  '/home/ada/images': { path: '/home/ada/images', parent: '/home/ada', entries: [] },
}
const folders = {
  'GET /api/folders': (_body: unknown, url: URL) => {
    const listing = listings[url.searchParams.get('path') ?? '/home/ada']
    return listing ? json(listing) : json({ code: 'folder/unreadable', message: 'The folder does not exist. Choose another one.' }, 400)
  },
}
const names = (wrapper: ReturnType<typeof mount>) => wrapper.findAll('.entry').map((entry) => entry.text().slice(1).trim())
const press = async (wrapper: ReturnType<typeof mount>, text: string) => {
  await wrapper
    .findAll('button')
    .find((button) => button.text().endsWith(text))!
    .trigger('click')
  await flushPromises()
}

test('a folder is entered, left and chosen; files are not shown', async () => {
  serve(folders)
  const picker = mount(FolderPicker, { props: { kind: 'folder', title: 'Folder of images' }, attachTo: document.body })
  await flushPromises()
  expect(names(picker)).toEqual(['Up', 'images', 'sky.galaxydesk'])
  await press(picker, 'images')
  expect(picker.get('[data-testid="picker-path"]').text()).toBe('/home/ada/images')
  await press(picker, 'Choose this folder')
  expect(picker.emitted('pick')).toEqual([['/home/ada/images']])
})

test('a file is picked by a click', async () => {
  serve(folders)
  const picker = mount(FolderPicker, { props: { kind: 'file', title: 'Table' }, attachTo: document.body })
  await flushPromises()
  await press(picker, 'votes.csv')
  expect(picker.emitted('pick')).toEqual([['/home/ada/votes.csv']])
})

test('a project is picked, not entered', async () => {
  serve(folders)
  const picker = mount(FolderPicker, { props: { kind: 'project', title: 'Open a project' }, attachTo: document.body })
  await flushPromises()
  await press(picker, 'sky.galaxydesk')
  expect(picker.emitted('pick')).toEqual([['/home/ada/sky.galaxydesk']])
})

test('a path that does not exist falls back to the home folder', async () => {
  serve(folders)
  const picker = mount(FolderPicker, { props: { kind: 'folder', title: 'Folder', start: '/gone' }, attachTo: document.body })
  await flushPromises()
  expect(picker.get('[data-testid="picker-path"]').text()).toBe('/home/ada')
})

test('the native dialog is asked where there is one, and a cancelled one changes nothing', async () => {
  const { calls } = serve(folders)
  const answers = ['/native', null]
  vi.stubGlobal('desk', { pickFolder: async () => answers.shift() ?? null, pickFile: async () => null })
  const field = mount(PathField, {
    props: { kind: 'folder', label: 'Images', modelValue: '' },
    global: { stubs: { teleport: true } },
    attachTo: document.body,
  })
  await press(field, 'Browse…')
  await press(field, 'Browse…')
  expect(field.emitted('update:modelValue')).toEqual([['/native']])
  expect(calls).toEqual([])
})

test('without a native dialog our own is opened and its choice taken', async () => {
  serve(folders)
  const field = mount(PathField, {
    props: { kind: 'file', label: 'Table', modelValue: '' },
    global: { stubs: { teleport: true } },
    attachTo: document.body,
  })
  await press(field, 'Browse…')
  await press(field, 'votes.csv')
  expect(field.emitted('update:modelValue')).toEqual([['/home/ada/votes.csv']])
  expect(field.findComponent(FolderPicker).exists()).toBe(false)
})
