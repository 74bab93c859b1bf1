import axe, { type AxeResults } from 'axe-core'
import type { Page } from 'playwright-core'

/** What hinders people so much that a view is not done while it is there. */
const REFUSED = new Set(['serious', 'critical'])

/** What the accessibility checker finds on the page, one line per rule with the elements it is about; lesser findings are only printed. */
export async function hindrances(page: Page, where: string): Promise<string[]> {
  await page.evaluate(axe.source)
  const { violations } = await page.evaluate(() => (globalThis as unknown as { axe: { run: () => Promise<AxeResults> } }).axe.run())
  const lines = violations.map(({ id, impact, help, nodes }) => ({
    impact,
    line: `${where}: ${id} (${impact}): ${help}: ${nodes.map(({ target, any }) => `${target.join(' ')} ${any[0]?.message ?? ''}`).join(' | ')}`,
  }))
  for (const { impact, line } of lines) if (!REFUSED.has(impact ?? '')) console.log(line)
  return lines.filter(({ impact }) => REFUSED.has(impact ?? '')).map(({ line }) => line)
}

/** One stop of the Tab key: in which part of the window it is, its name for a screen reader, and whether it can be seen that it has the focus. */
export type TabStop = { part: string; name: string; isSeen: boolean }

/** Goes through the window by the Tab key from its start to its end. */
export async function tabStops(page: Page, most = 400): Promise<TabStop[]> {
  await page.evaluate(() => {
    ;(document.activeElement as HTMLElement | null)?.blur()
    window.getSelection()?.removeAllRanges()
  })
  const stops: TabStop[] = []
  for (let n = 0; n < most; n++) {
    await page.keyboard.press('Tab')
    const stop = await page.evaluate(() => {
      const element = document.activeElement
      if (!element || element === document.body) return null
      if (element.hasAttribute('data-passed')) return null
      element.setAttribute('data-passed', '')
      const { outlineStyle, outlineWidth } = getComputedStyle(element)
      const labels = (element as HTMLInputElement).labels
      const box = element.getBoundingClientRect()
      return {
        part: element.closest('nav, main, footer')?.tagName.toLowerCase() ?? 'elsewhere',
        name: (element.getAttribute('aria-label') ?? labels?.[0]?.textContent ?? element.textContent ?? '').trim(),
        isSeen: outlineStyle !== 'none' && outlineWidth !== '0px' && box.width > 0 && box.height > 0,
      }
    })
    if (stop === null) break
    stops.push(stop)
  }
  await page.evaluate(() => document.querySelectorAll('[data-passed]').forEach((element) => element.removeAttribute('data-passed')))
  return stops
}
