import type { ImportParams } from '@shared/contract/job'

/** The import form as it is typed: everything text, empty where nothing was given. */
export type ImportDraft = Record<'table' | 'images' | 'idColumn' | 'fileColumn' | 'raColumn' | 'decColumn' | 'pixelScale', string>

export const emptyImportDraft = (): ImportDraft => ({
  table: '',
  images: '',
  idColumn: '',
  fileColumn: '',
  raColumn: '',
  decColumn: '',
  pixelScale: '',
})

/** The form as it was filled in for this import. */
export function importDraftOf(params: ImportParams): ImportDraft {
  const draft = emptyImportDraft()
  for (const name of Object.keys(draft) as (keyof ImportDraft)[]) draft[name] = String(params[name] ?? '')
  return draft
}

/** What is asked of the server: empty fields are left out, and a pixel scale that is a number is one, else the name of a column. */
export function toImportParams({ pixelScale, ...texts }: ImportDraft): ImportParams {
  const params: ImportParams = Object.fromEntries(Object.entries(texts).filter(([, value]) => value !== ''))
  if (pixelScale === '') return params
  const scale = Number(pixelScale)
  return { ...params, pixelScale: Number.isNaN(scale) ? pixelScale : scale }
}
