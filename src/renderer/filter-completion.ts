import type { SearchColumns } from '@shared/contract/search'
import { nameText } from '@shared/science/filter/column'

/** What can be written at a place of a filter: `text` takes the place of what stands between `from` and the caret. */
export type Completion = { readonly text: string; readonly detail: string }
export type Completions = { readonly from: number; readonly options: readonly Completion[] }

const MOST = 12
const WORD = /[\p{L}\p{N}_.@`-]*$/u
const WORDS: readonly Completion[] = [
  { text: 'and', detail: 'both' },
  { text: 'or', detail: 'either' },
  { text: 'not', detail: 'the opposite' },
  { text: 'known(', detail: 'a value is there' },
  { text: 'answered(', detail: 'by an expert' },
  { text: 'annotator = "', detail: 'who answered' },
  { text: 'cone(', detail: 'RA, Dec, radius arcsec' },
]

/** What fits the beginning of a word before the caret; nothing where no word was begun, unless `isAsked` for. */
export function completionsAt(text: string, caret: number, columns: SearchColumns, isAsked = false): Completions {
  const before = text.slice(0, caret)
  const word = WORD.exec(before)![0]
  const from = caret - word.length
  const begun = word.replaceAll('`', '').toLowerCase()
  if (begun === '' && !isAsked) return { from, options: [] }
  const options = wordsAfter(before.slice(0, from), columns)
  const rank = ({ text: option }: Completion) => {
    const plain = option.replaceAll('`', '').toLowerCase()
    // After the first letters of the name, after those of one of its parts, or anywhere in it.
    return plain === begun
      ? 4
      : plain.startsWith(begun)
        ? 0
        : new RegExp(`[^\\p{L}\\p{N}]${escaped(begun)}`, 'u').test(plain)
          ? 1
          : plain.includes(begun)
            ? 2
            : 3
  }
  const found = options.map((option) => ({ option, rank: rank(option) })).filter((each) => each.rank < 3)
  return {
    from,
    options: found
      .sort((a, b) => a.rank - b.rank)
      .slice(0, MOST)
      .map(({ option }) => option),
  }
}

/** All that could stand after this text. */
function wordsAfter(before: string, { columns, states, questions, annotators, rounds }: SearchColumns): readonly Completion[] {
  const answered = /\banswered\(\s*([\p{L}\p{N}_`-]+)\s*\)\s*!?=\s*$/iu.exec(before)
  if (answered) {
    const question = questions.find(({ name }) => name === answered[1]!.replaceAll('`', ''))
    return (question?.answers ?? []).map((answer) => ({ text: nameText(answer), detail: `answer of ${question!.name}` }))
  }
  if (/\b(?:answered|votes)\(\s*$/i.test(before)) return questions.map(({ name }) => ({ text: `${nameText(name)})`, detail: 'question' }))
  if (/\bannotator\s*(?:=|!=|~)\s*"$/i.test(before)) return annotators.map((name) => ({ text: `${name}"`, detail: 'annotator' }))
  if (/\bin-round\s+$/i.test(before)) return rounds.map((round) => ({ text: String(round), detail: 'round' }))
  const named = columns.map((column) => ({ text: column.name, detail: detailOf(column) }))
  if (/\bknown\(\s*$/i.test(before)) return named
  return [
    ...named,
    ...states.map((state) => ({ text: state, detail: 'state' })),
    { text: 'in-round ', detail: 'in the queue of a round' },
    ...WORDS,
  ]
}

const GROUPS = {
  galaxy: 'galaxy',
  fraction: 'vote fraction',
  votes: 'number of votes',
  prediction: 'predicted vote fraction',
  score: 'score in nats',
  metadata: 'column of the table',
} as const

export function detailOf({ group, kind, low, high }: SearchColumns['columns'][number]): string {
  const range = low === null || high === null ? '' : `, ${shortNumber(low)} to ${shortNumber(high)}`
  return `${GROUPS[group]}${kind === 'text' ? ', text' : ''}${range}`
}

const shortNumber = (value: number): string => String(Number(value.toPrecision(4)))
const escaped = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)
