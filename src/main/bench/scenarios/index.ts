import type { About, SideSettings } from '../protocol'

/** `times` in place of the time of the whole round, by row; `report`: text for people, the last round's counts. */
export type RoundResult = { times?: Record<string, number[]>; report?: string }

/** Our side, ready. The time of a round is divided by `units`, 1 if left out. */
export type Prepared = {
  about: Pick<About, 'program' | 'unit'> & Partial<About>
  units?: number
  round: () => Promise<RoundResult | undefined>
  close?: () => Promise<void> | void
}

export type Scenario = (settings: SideSettings) => Promise<Prepared>

/** Loaded when it is asked for: an import needs no TensorFlow, and its memory is measured. */
export const scenarios: Readonly<Record<string, Scenario>> = {
  train: async (settings) => (await import('./train')).prepareTrain(settings),
  predict: async (settings) => (await import('./predict')).preparePredict(settings),
  samples: async (settings) => (await import('./predict')).prepareSamples(settings),
  resample: async (settings) => (await import('./predict')).prepareResample(settings),
  score: async (settings) => (await import('./score')).prepareScore(settings),
  head: async (settings) => (await import('./head')).prepareHead(settings),
  w20: async (settings) => (await import('./w20')).prepareW20(settings),
  images: async (settings) => (await import('./images')).prepareImages(settings),
  import: async (settings) => (await import('./import')).prepareImport(settings),
  'import-labels': async (settings) => (await import('./import-labels')).prepareImportBesideLabels(settings),
  catalogue: async (settings) => (await import('./catalogue')).prepareCatalogue(settings),
  ui: async (settings) => (await import('./ui')).prepareUi(settings),
  'expert-weight': async (settings) => (await import('./expert-weight/scenarios')).prepareExpertWeight(settings),
}
