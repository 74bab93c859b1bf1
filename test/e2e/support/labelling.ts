import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import { queueSchema } from '@shared/contract/records'
import { goTo } from './projects'

/** What was answered by keyboard, as the window showed it: the label log must hold the same. */
export type GivenAnswer = { id: string; question: string; answer: string; uuid: string }

/** The number of the answer to press, from 1. */
export type Choose = (question: string, answers: readonly string[]) => number

export const galaxyId = (page: Page): Promise<string> => page.getByTestId('galaxy-id').innerText()
export const questionName = async (page: Page): Promise<string> => (await page.getByTestId('question').getAttribute('data-question')) ?? ''
export const answerNames = (page: Page): Promise<string[]> =>
  page.locator('button[data-answer]').evaluateAll((buttons) => buttons.map((button) => (button as HTMLElement).dataset.answer ?? ''))

/** Says who labels, once, and waits for a galaxy with its image on screen. */
export async function beginLabelling(page: Page, annotator: string): Promise<void> {
  await goTo(page, 'Label')
  const name = page.getByLabel('Your name')
  await name.or(page.getByTestId('galaxy-id')).first().waitFor()
  if (await name.isVisible()) {
    await name.fill(annotator)
    await name.press('Enter')
  }
  await page.getByTestId('galaxy-id').waitFor()
}

/**
 * To the Label view from another one, and the galaxy that it begins with, the first to do: it reads its queue anew, and what is pressed before
 * would be for the one of before.
 */
export async function toLabel(page: Page): Promise<string> {
  const read = page.waitForResponse((reply) => new URL(reply.url()).pathname === '/api/queue')
  await goTo(page, 'Label')
  const first = queueSchema.parse(await (await read).json()).items[0]!.id
  await page.getByTestId('question').waitFor()
  await expect.poll(() => galaxyId(page)).toBe(first)
  return first
}

/** Does something that is written to the label log and waits for its tick. The UUID of the entry. */
export async function saved(page: Page, action: () => Promise<void>): Promise<string> {
  const tick = page.getByTestId('saved')
  const before = (await tick.count()) > 0 ? await tick.getAttribute('data-uuid') : null
  await action()
  const fresh = page.locator(`[data-testid="saved"]${before === null ? '' : `:not([data-uuid="${before}"])`}`)
  await fresh.waitFor()
  return (await fresh.getAttribute('data-uuid')) ?? ''
}

/** Answers the question on screen by its number key. */
export async function answerQuestion(page: Page, choose: Choose): Promise<GivenAnswer> {
  const id = await galaxyId(page)
  const question = await questionName(page)
  const answers = await answerNames(page)
  const number = choose(question, answers)
  const uuid = await saved(page, () => page.keyboard.press(String(number)))
  return { id, question, answer: answers[number - 1]!, uuid }
}

/** Until there is a question again, or no galaxy: with the last answer the tick may be there before the next galaxy, or the end of the queue, is known. */
async function nextIsThere(page: Page): Promise<void> {
  const isThere = async () => (await page.getByTestId('question').count()) > 0 || (await page.getByTestId('galaxy-id').count()) === 0
  await expect.poll(isThere).toBe(true)
}

/** Answers every question of the galaxy on screen; ends when the next one, or the end of the queue, is there. */
export async function answerGalaxy(page: Page, choose: Choose): Promise<GivenAnswer[]> {
  const id = await galaxyId(page)
  const given: GivenAnswer[] = []
  do {
    given.push(await answerQuestion(page, choose))
    await nextIsThere(page)
  } while ((await page.getByTestId('galaxy-id').count()) > 0 && (await galaxyId(page)) === id)
  return given
}

/** Turns through smooth, featured and artifact galaxies, and takes a different answer of each question as it goes. */
export function variedAnswers(): Choose {
  let turn = 0
  return (question, answers) => {
    turn++
    return question === 'something-odd' ? 2 : 1 + (turn % Math.min(answers.length, question === 'smooth-or-featured' ? 2 : 9))
  }
}
