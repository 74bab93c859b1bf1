import type { NumberOperator } from './filter-tree'
import { FALSE, TRUE, UNKNOWN, type Truth } from './truth'

/** Numbers of N galaxies; NaN where unknown. */
export type Numbers = Float64Array | Float32Array

/** Texts of N galaxies: `values[codes[i]]`, code -1 where unknown. */
export type Texts = { readonly codes: Int32Array; readonly values: readonly string[] }

/** Compares every number with `value`; NaN is unknown. Float32 numbers are compared as they are kept, without rounding `value`. */
export function compareNumbers(numbers: Numbers, operator: NumberOperator, value: number): Truth {
  switch (operator) {
    case '<':
      return below(numbers, value, TRUE, FALSE)
    case '>=':
      return below(numbers, value, FALSE, TRUE)
    case '<=':
      return atMost(numbers, value, TRUE, FALSE)
    case '>':
      return atMost(numbers, value, FALSE, TRUE)
    case '=':
      return equal(numbers, value, TRUE, FALSE)
    case '!=':
      return equal(numbers, value, FALSE, TRUE)
  }
}

// One loop each: a test handed in as a function would be called a million times.
function below(numbers: Numbers, value: number, yes: number, no: number): Truth {
  const truth = new Uint8Array(numbers.length)
  for (let i = 0; i < truth.length; i++) {
    const number = numbers[i]!
    truth[i] = number < value ? yes : number >= value ? no : UNKNOWN
  }
  return truth
}

function atMost(numbers: Numbers, value: number, yes: number, no: number): Truth {
  const truth = new Uint8Array(numbers.length)
  for (let i = 0; i < truth.length; i++) {
    const number = numbers[i]!
    truth[i] = number <= value ? yes : number > value ? no : UNKNOWN
  }
  return truth
}

function equal(numbers: Numbers, value: number, yes: number, no: number): Truth {
  const truth = new Uint8Array(numbers.length)
  for (let i = 0; i < truth.length; i++) {
    const number = numbers[i]!
    truth[i] = number === value ? yes : Number.isNaN(number) ? UNKNOWN : no
  }
  return truth
}

/** Tests every text; each different one once. */
export function compareTexts({ codes, values }: Texts, test: (text: string) => boolean): Truth {
  // Code -1 is the first.
  const ofCode = Uint8Array.from([UNKNOWN, ...values.map((text) => (test(text) ? TRUE : FALSE))])
  const truth = new Uint8Array(codes.length)
  for (let i = 0; i < truth.length; i++) truth[i] = ofCode[codes[i]! + 1]!
  return truth
}

/** A test for texts: `~` takes a pattern in which `*` stands for any letters and `?` for one. Letters must agree in case. */
export function textTest(operator: '=' | '!=' | '~', value: string): (text: string) => boolean {
  if (operator === '=') return (text) => text === value
  if (operator === '!=') return (text) => text !== value
  const pieces = value
    .replaceAll(/[.+^${}()|[\]\\]/g, String.raw`\$&`)
    .replaceAll('?', '.')
    .replaceAll(/\*+/g, '.*?')
  const pattern = new RegExp(`^${pieces}$`, 'su')
  return (text) => pattern.test(text)
}
