import type { Page } from 'playwright-core'
import type { Queue } from '@shared/contract/records'

/** Answers by question; `turn` counts the annotator's galaxies from 0. */
export type Script = (turn: number) => Readonly<Record<string, string>>

/** Labels the first galaxies of the open round under a name, through the server that the window talks to. */
export async function labelAs(page: Page, annotator: string, count: number, script: Script): Promise<void> {
  for (let n = 0; n < count; n++) {
    const answers = Object.entries(script(n)).map(([question, answer]) => ({ question, answer, durationMs: 900 + 70 * (n % 13) }))
    const problem = await page.evaluate(
      async ({ annotator, at, answers }) => {
        const reply = await fetch(`/api/queue?annotator=${encodeURIComponent(annotator)}&from=1&limit=500`)
        const item = ((await reply.json()) as Queue).items.filter(({ imageUrl }) => imageUrl !== null)[at]
        if (!item) return 'the round has too few galaxies'
        for (const answer of answers) {
          const body = { uuid: crypto.randomUUID(), galaxyKey: item.galaxyKey, turn: item.turn, annotator, kind: 'answer', ...answer }
          const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
          const written = await fetch('/api/labels', init)
          if (!written.ok) return await written.text()
        }
        return null
      },
      { annotator, at: n, answers },
    )
    if (problem !== null) throw new Error(problem)
  }
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
