// @vitest-environment happy-dom
import { beforeEach, describe, expect, test, vi } from 'vitest'
import { flushPromises } from '@vue/test-utils'
import { galaxy, json, labelRoutes, type Routes } from '../support'
import { key, labelTests } from './label-page'

const { show, text, view } = labelTests()
beforeEach(() => localStorage.clear())

/** A table of which one column tells the class. */
const about = (galaxyKey: number): Routes => ({
  [`GET /api/galaxies/${galaxyKey}`]: (_, url) =>
    json({
      ...{ galaxyKey, id: `galaxy-${galaxyKey}`, raDeg: 1, decDeg: 2, views: [], votes: null, others: null },
      metadata: url.searchParams.get('columns') === 'true' ? { class: 'SBc4t' } : null,
    }),
})
const columnsAsked = (calls: { path: string }[]) =>
  calls.filter(({ path }) => path.startsWith('/api/galaxies/')).map(({ path }) => path.includes('columns=true'))

test('a position next to RA 0 and Dec 0 is written, and copied, as RA 0 and Dec 0', async () => {
  await show({ ...labelRoutes([galaxy(1, { raDeg: 359.9999999, decDeg: -0.0000001 })]), ...about(1) })
  const copied: string[] = []
  vi.stubGlobal('navigator', { ...navigator, clipboard: { writeText: async (value: string) => void copied.push(value) } })
  await key('i')
  const copy = view().get('[data-testid="about-galaxy"] button')
  expect(copy.attributes('aria-label')).toBe('Copy 0.000000 0.000000')
  await copy.trigger('click')
  expect(copied).toEqual(['0.000000 0.000000'])
  expect(view().text()).not.toMatch(/360\.0|-0\.00000/)
  vi.unstubAllGlobals()
})

describe('the columns of the table', () => {
  test('are not even fetched before the galaxy is done, unless they are wanted, then for the next ones too', async () => {
    const { calls } = await show({ ...labelRoutes([galaxy(1), galaxy(2)]), ...about(1), ...about(2) })
    await key('i')
    expect(text('about-galaxy')).not.toContain('SBc4t')
    expect(columnsAsked(calls)).not.toContain(true)
    await view().get('[data-testid="show-columns"]').trigger('click')
    await flushPromises()
    expect(text('about-galaxy')).toContain('SBc4t')
    await key('ArrowRight')
    expect([text('galaxy-id'), text('about-galaxy')?.includes('SBc4t')]).toEqual(['galaxy-2', true])
    await view().get('[data-testid="show-columns"]').trigger('click')
    await flushPromises()
    expect(text('about-galaxy')).not.toContain('SBc4t')
  })

  test('are shown once the galaxy is done', async () => {
    await show({ ...labelRoutes([galaxy(1), galaxy(2)]), ...about(1), ...about(2) })
    await key('i')
    await key('3')
    expect([text('galaxy-id'), text('about-galaxy')?.includes('SBc4t')]).toEqual(['galaxy-2', false])
    await key('ArrowLeft')
    expect([text('galaxy-id'), text('about-galaxy')?.includes('SBc4t')]).toEqual(['galaxy-1', true])
  })
})
