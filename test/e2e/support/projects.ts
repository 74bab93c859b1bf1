import type { Page } from 'playwright-core'

/** To another view, by the rail. */
export const goTo = (
  page: Page,
  view: 'Projects' | 'Label' | 'Catalogue' | 'Rounds' | 'Results' | 'Agreement' | 'Quality' | 'Settings',
): Promise<void> => page.getByRole('navigation').getByRole('link', { name: view, exact: true }).click()

/** Picks a path in the window's own picker: into each folder by its name, then `Choose this folder`, or the file. */
export async function pick(page: Page, label: string, path: string, kind: 'folder' | 'file'): Promise<void> {
  await page.getByRole('button', { name: `Browse for: ${label}` }).click()
  const picker = page.getByRole('dialog', { name: `Browse for: ${label}` })
  const at = picker.getByTestId('picker-path')
  await at.waitFor()
  while ((await at.innerText()) !== '/') await stepUp(page, label)
  const parts = path.split('/').filter((part) => part !== '')
  for (const [index, part] of parts.entries()) {
    const isFile = kind === 'file' && index === parts.length - 1
    await picker.locator(`.entry[data-kind="${isFile ? 'file' : 'folder'}"]`, { hasText: new RegExp(`^\\S\\s+${escape(part)}$`) }).click()
    if (!isFile)
      await picker
        .getByTestId('picker-path')
        .getByText(`/${parts.slice(0, index + 1).join('/')}`, { exact: true })
        .waitFor()
  }
  if (kind === 'folder') await picker.getByRole('button', { name: 'Choose this folder' }).click()
  await picker.waitFor({ state: 'detached' })
}

async function stepUp(page: Page, label: string): Promise<void> {
  const picker = page.getByRole('dialog', { name: `Browse for: ${label}` })
  const before = await picker.getByTestId('picker-path').innerText()
  await picker.getByRole('button', { name: 'Up' }).click()
  const parent = before.slice(0, before.lastIndexOf('/')) || '/'
  await picker.getByTestId('picker-path').getByText(parent, { exact: true }).waitFor()
}

const escape = (text: string) => text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)

/** Waits for the report of an import; an import that fails ends the journey with its message. */
export async function importReport(page: Page, limitMs: number): Promise<string> {
  const report = page.locator('section', { has: page.getByTestId('import-result') })
  const failed = page.locator('[data-testid="job"] [role="alert"]')
  await report.or(failed).first().waitFor({ timeout: limitMs })
  if (await failed.isVisible()) throw new Error(await failed.innerText())
  return report.innerText()
}

export type SplitForm = { test: number; initial: number }

/** Sets galaxies aside, by counts, and opens round 0. */
export async function split(page: Page, { test, initial }: SplitForm): Promise<void> {
  await page.getByLabel('Test set: unit').selectOption('galaxies')
  await page.getByLabel('Test set', { exact: true }).fill(String(test))
  await page.getByLabel('First set: unit').selectOption('galaxies')
  await page.getByLabel('First set', { exact: true }).fill(String(initial))
  await page.getByRole('button', { name: 'Split and open round 0' }).click()
  await page.getByRole('link', { name: 'Go to Label' }).waitFor()
}
