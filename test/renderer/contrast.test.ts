/// <reference types="node" />
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { closestPair, visions } from '@renderer/colour-vision'

const css = readFileSync('src/renderer/style/tokens.css', 'utf8')

/** WCAG 2.2 AA: 4.5 for text, 3 for what shows where a control is. */
const AA_TEXT = 4.5
const AA_CONTROL = 3
/** In CIE L*a*b*, five times what can just be told apart. */
const WELL_APART = 12

const tokensOf = (theme: string): Record<string, string> => {
  const block = css.slice(css.indexOf(`[data-theme='${theme}'] {`))
  return Object.fromEntries(
    [...block.slice(0, block.indexOf('}')).matchAll(/--([\w-]+): (#[0-9a-f]{6});/g)].map(([, name, colour]) => [name, colour]),
  )
}
const luminance = (colour: string): number => {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const share = parseInt(colour.slice(at, at + 2), 16) / 255
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!
}
const contrast = (a: string, b: string): number => {
  const [dark, light] = [luminance(a), luminance(b)].sort((x, y) => x - y)
  return (light! + 0.05) / (dark! + 0.05)
}

test('black on white has the contrast 21', () => {
  expect(contrast('#000000', '#ffffff')).toBeCloseTo(21, 10)
})

describe.each(['dark', 'light'])('the %s theme', (theme) => {
  const tokens = tokensOf(theme)
  const grounds = ['ground', 'surface', 'raised']

  test.each(['text', 'muted', 'accent', 'good', 'warn', 'bad'])('%s can be read on every ground', (name) => {
    for (const ground of grounds) expect(contrast(tokens[name]!, tokens[ground]!), `${name} on ${ground}`).toBeGreaterThanOrEqual(AA_TEXT)
  })
  test('text can be read on what is marked', () => {
    expect(contrast(tokens['on-accent']!, tokens.accent!)).toBeGreaterThanOrEqual(AA_TEXT)
    for (const ground of ['accent-soft', 'bad-soft']) {
      for (const name of ['text', 'muted'])
        expect(contrast(tokens[name]!, tokens[ground]!), `${name} on ${ground}`).toBeGreaterThanOrEqual(AA_TEXT)
    }
  })
  test('the edge of a control and the lines of a chart can be seen', () => {
    for (const name of ['edge', 'series-1', 'series-2', 'series-3']) {
      for (const ground of ['ground', 'surface'])
        expect(contrast(tokens[name]!, tokens[ground]!), `${name} on ${ground}`).toBeGreaterThanOrEqual(AA_CONTROL)
    }
  })
  test('what is chosen or marked can be read on every ground that it may have', () => {
    for (const [name, ground] of [
      ['accent', 'accent-soft'],
      ['good', 'accent-soft'],
      ['warn', 'accent-soft'],
      ['bad', 'bad-soft'],
    ] as const)
      expect(contrast(tokens[name]!, tokens[ground]!), `${name} on ${ground}`).toBeGreaterThanOrEqual(AA_TEXT)
  })
  test('the edge of a control can be seen where it is raised', () => {
    expect(contrast(tokens.edge!, tokens.raised!)).toBeGreaterThanOrEqual(AA_CONTROL)
  })
  test.each(visions)('the lines of a chart are told apart by %s colour vision', (vision) => {
    expect(
      closestPair(
        ['series-1', 'series-2', 'series-3'].map((name) => tokens[name]!),
        vision,
      ),
    ).toBeGreaterThan(WELL_APART)
  })
})
