import type { Page } from 'playwright-core'
import type { Queue } from '@shared/contract/records'

/** Answers by question, in the order in which they are asked; `turn` counts the annotator's galaxies from 0. */
export type Script = (turn: number, id: string) => Readonly<Record<string, string>>

/** Labels the first galaxies of the open round under a name, through the server that the window talks to. */
export async function labelAs(page: Page, annotator: string, count: number, script: Script): Promise<void> {
  for (let n = 0; n < count; n++) {
    const item = (await queueOf(page, annotator))[n]
    if (!item) throw new Error(`the round has only ${n} galaxies`)
    const { galaxyKey, turn } = item
    for (const [question, answer] of Object.entries(script(n, item.id))) {
      const durationMs = 900 + 70 * ((7 * n) % 13)
      const entry = { galaxyKey, turn, annotator, kind: 'answer' as const, question, answer, durationMs }
      const refusal = await page.evaluate(async (entry) => {
        const body = JSON.stringify({ uuid: crypto.randomUUID(), ...entry })
        const reply = await fetch('/api/labels', { method: 'POST', headers: { 'content-type': 'application/json' }, body })
        return reply.ok ? null : await reply.text()
      }, entry)
      if (refusal !== null) throw new Error(refusal)
    }
  }
}

async function queueOf(page: Page, annotator: string): Promise<Queue['items']> {
  const path = `/api/queue?annotator=${encodeURIComponent(annotator)}&from=1&limit=500`
  const { items } = await page.evaluate(async (path) => (await (await fetch(path)).json()) as Queue, path)
  return items.filter(({ imageUrl }) => imageUrl !== null)
}

const smooth = { 'smooth-or-featured': 'smooth', 'how-rounded': 'round', 'something-odd': 'no' }
const edgeOn = { 'smooth-or-featured': 'featured-or-disk', 'disk-edge-on': 'yes', 'bulge-shape': 'round', 'something-odd': 'no' }

/** Two annotators who agree about most of a round's galaxies and differ on every fifth, in how round or in what they see at all. */
export async function labelAsTwo(page: Page, first: string, second: string, count: number): Promise<void> {
  await labelAs(page, first, count, (n) => (n % 3 === 0 ? edgeOn : smooth))
  await labelAs(page, second, count, (n) => {
    if (n % 10 === 4) return { ...smooth, 'how-rounded': 'in-between' }
    if (n % 5 === 4) return n % 3 === 0 ? smooth : edgeOn
    return n % 3 === 0 ? edgeOn : smooth
  })
}
