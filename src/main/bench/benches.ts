import type { SideSettings } from './protocol'

/** What the command line may set of a bench. */
export const settingNames = ['sizePx', 'batch', 'galaxies', 'rows', 'epochs', 'samples', 'labels'] as const
export type Settings = Partial<Pick<SideSettings, (typeof settingNames)[number]>>

/** The other side of a row: a script of bench/peers, or one of our own scenarios with other settings. */
type Peer = { kind: 'python'; script: string; name: string } | { kind: 'ours'; scenario: string; name: string; set: Settings }

/** `tolerance`: how far the two sides' check values may lie apart, relative (root mean square). */
export type BenchRow = { name: string; scenario: string; peer: Peer | null; tolerance?: number; why?: string }

export type Bench = {
  about: string
  /** The settings that it has, with what it takes unless told otherwise. */
  settings: Settings
  usesEngine: boolean
  /** Side of the JPEG images that are drawn for it. */
  imagePx?: number
  rows: readonly BenchRow[]
  /** Rounds that count unless told otherwise; default 5. */
  repeats?: number
  /** Whether what it makes first can be kept for the next run. */
  canKeep?: boolean
  /** Rounds before those that count; default 1. */
  warmUps?: number
  /** Not part of a bare `galaxy-desk bench`: experiments, and what has no peer. */
  isExtra?: boolean
}

const python = (script: string, name: string): Peer => ({ kind: 'python', script: `${script}.py`, name })

/** As the Legacy Surveys' and SDSS cutouts of W+21. */
const SURVEY_PX = 424

export const benches: Readonly<Record<string, Bench>> = {
  train: {
    about: 'a training step of EfficientNet-B0, one channel: forward, Dirichlet-multinomial loss of 34 answers, backward, Adam',
    settings: { sizePx: 224, batch: 16 },
    usesEngine: true,
    // Float32 through 50 batch norms of batch statistics, in two libraries.
    rows: [{ name: 'train step', scenario: 'train', peer: python('train', 'PyTorch'), tolerance: 1e-3 }],
  },
  predict: {
    about: 'JPEG files of 424 px to the 1,280 features of EfficientNet-B0, one view',
    settings: { sizePx: 224, batch: 32, galaxies: 256 },
    usesEngine: true,
    imagePx: SURVEY_PX,
    rows: [{ name: 'predict', scenario: 'predict', peer: python('predict', 'PyTorch, DataLoader'), tolerance: 1e-3 }],
  },
  samples: {
    about: 'JPEG files to 20 dropout samples of one view, beside one sample; and 20 samples from kept features',
    settings: { sizePx: 224, galaxies: 256, samples: 20 },
    usesEngine: true,
    imagePx: SURVEY_PX,
    rows: [
      {
        name: 'samples from images',
        scenario: 'samples',
        peer: { kind: 'ours', scenario: 'samples', name: 'one sample', set: { samples: 1 } },
      },
      { name: 'samples from kept features', scenario: 'resample', peer: null, why: 'PyTorch would run its network again: see predict' },
    ],
  },
  score: {
    about: 'mutual information of one vote on the whole tree, gz-decals-dr5, from concentrations in a file',
    settings: { galaxies: 1_000_000, samples: 20 },
    usesEngine: false,
    // Float32 concentrations; numpy works in float32 where that is faster.
    rows: [{ name: 'score', scenario: 'score', peer: python('score_side', 'numpy'), tolerance: 1e-4 }],
  },
  head: {
    about: 'training the head alone on kept features of 1,280, all epochs',
    settings: { galaxies: 1_000, epochs: 50, batch: 128 },
    usesEngine: true,
    rows: [{ name: 'head', scenario: 'head', peer: python('head', 'PyTorch'), tolerance: 1e-4 }],
  },
  w20: {
    about: 'a whole training of the W+20 network with the tree head, views drawn anew each epoch',
    settings: { sizePx: 64, galaxies: 480, epochs: 20, batch: 16 },
    usesEngine: true,
    warmUps: 0,
    rows: [{ name: 'W+20 training', scenario: 'w20', peer: python('w20', 'PyTorch'), tolerance: 1e-4 }],
  },
  images: {
    about: 'JPEG files of 424 px to grey images of 300 px',
    settings: { sizePx: 300, galaxies: 256 },
    usesEngine: false,
    imagePx: SURVEY_PX,
    // Two JPEG decoders and two ways to shrink an image.
    rows: [{ name: 'images', scenario: 'images', peer: python('images', 'PIL'), tolerance: 0.02 }],
  },
  import: {
    about: 'a CSV table of votes into a project',
    settings: { rows: 1_000_000 },
    usesEngine: false,
    warmUps: 0,
    rows: [{ name: 'import', scenario: 'import', peer: python('import', 'csv and sqlite3') }],
  },
  'import-labels': {
    about: 'the same import while a label is saved every 50 ms, and how long labels take',
    settings: { rows: 1_000_000 },
    usesEngine: false,
    warmUps: 0,
    isExtra: true,
    rows: [{ name: 'import beside labels', scenario: 'import-labels', peer: null, why: 'how long labels wait has no peer' }],
  },
  catalogue: {
    about: 'the split of a survey beside notes, and what the window reads again and again with 5,000 galaxies labelled',
    settings: { galaxies: 1_000_000 },
    usesEngine: false,
    warmUps: 0,
    isExtra: true,
    rows: [{ name: 'split', scenario: 'catalogue', peer: null, why: 'nobody else splits a survey like this' }],
  },
  ui: {
    about: 'what a person waits for in the window, in a real Chromium: key to next image, frames while scrolling, filters',
    settings: { galaxies: 1_000_000, labels: 200, samples: 12 },
    usesEngine: false,
    repeats: 1,
    canKeep: true,
    warmUps: 0,
    isExtra: true,
    rows: [{ name: 'key to next image', scenario: 'ui', peer: null, why: 'no other labelling tool shows a million galaxies' }],
  },
  'expert-weight': {
    about: "an experiment, not a race: what weight an expert's answer should have (docs/decisions/0005-weight-of-an-expert.md)",
    settings: {},
    usesEngine: true,
    warmUps: 0,
    isExtra: true,
    rows: [{ name: 'expert weight', scenario: 'expert-weight', peer: null, why: 'an experiment' }],
  },
}
