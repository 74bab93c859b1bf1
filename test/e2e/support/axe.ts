import axe, { type AxeResults } from 'axe-core'
import type { Page } from 'playwright-core'

/** What hinders people so much that a view is not done while it is there: all but what is minor. */
const REFUSED = new Set(['moderate', 'serious', 'critical'])

/** Waits until everything on screen has read what it shows, and two frames more, so that it is drawn. */
export async function settled(page: Page): Promise<void> {
  await page.waitForFunction(() => !/\b(Loading|Looking|Reading)\b.*…/.test(document.body.innerText))
  await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))))
}

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

/** Texts of the view that something else lies upon, read from its top to its end as one scrolls through it. */
export function coveredTexts(page: Page): Promise<string[]> {
  return page.evaluate(async () => {
    const main = document.querySelector('main')!
    const covered = new Set<string>()
    const isOf = (hit: Element | null, owner: Element) => hit === null || hit.contains(owner) || owner.contains(hit)
    /** What is scrolled out of sight, or drawn nowhere, lies under nothing. */
    function isShown(owner: Element, x: number, y: number): boolean {
      for (let at: Element | null = owner; at; at = at.parentElement) {
        const { top, bottom, left, right } = at.getBoundingClientRect()
        if (getComputedStyle(at).overflow !== 'visible' && (x < left + 1 || x > right - 1 || y < top + 1 || y > bottom - 1)) return false
      }
      return owner.checkVisibility() && !owner.closest('.visually-hidden')
    }
    for (let top = 0; top < main.scrollHeight; top += main.clientHeight / 2) {
      main.scrollTop = top
      await new Promise((resolve) => requestAnimationFrame(resolve))
      const walk = document.createTreeWalker(main, NodeFilter.SHOW_TEXT)
      while (walk.nextNode()) {
        const owner = walk.currentNode.parentElement!
        if ((walk.currentNode.textContent ?? '').trim() === '' || owner.tagName === 'OPTION') continue
        const range = document.createRange()
        range.selectNodeContents(walk.currentNode)
        for (const box of range.getClientRects()) {
          const [x, y] = [box.left + box.width / 2, box.top + box.height / 2]
          const hit = document.elementFromPoint(x, y)
          if (isShown(owner, x, y) && !isOf(hit, owner))
            covered.add(`“${walk.currentNode.textContent!.trim()}” under ${hit!.tagName}.${hit!.className}`)
        }
      }
    }
    main.scrollTop = 0
    return [...covered]
  })
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
