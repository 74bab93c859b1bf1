/**
 * [Note: The filter language] What a search asks for, as a tree; `parseFilter` reads it from text and `formatFilter` writes it.
 *
 * ```
 * filter      either { "or" either } with   either = part { "and" part },  part = [ "not" ] part | "(" filter ")" | condition
 * condition   COLUMN (= != < <= > >=) NUMBER        smooth-or-featured_smooth > 0.8      votes(bar) >= 20
 *             COLUMN (= != ~) "TEXT"                id ~ "5877*"      (~: * stands for any letters, ? for one)
 *             known(COLUMN)                         the value is there at all
 *             cone(RA, DEC, RADIUS UNIT)            degrees; UNIT is arcsec, arcmin or deg
 *             STATE                                 labelled, flagged, starred, skipped, test, excluded, pool
 *             in-round NUMBER                       in the queue of that round
 *             annotator (= != ~) "NAME"             who answered it, could not tell, or skipped it
 *             answered(QUESTION) [(= !=) ANSWER]    by an expert, or agreed where somebody resolved what experts said
 * COLUMN      QUESTION_ANSWER                       recorded vote fraction, 0..1
 *             votes(QUESTION)                       recorded votes of the question
 *             predicted.QUESTION_ANSWER             mean vote fraction that the newest model predicts; predicted@MODEL.… of another
 *             score, score@ROUND                    acquisition score in nats, of the newest round or of another
 *             ra, dec, id
 *             any other name                        a column of the imported table; metadata.NAME where the name means something else
 * ```
 * Names that are not letters, digits, `_` and `-` after a first letter stand in backticks, a backtick in them doubled: `petro r90`.
 * A text stands in double quotes with `\"` and `\\`. and, or and not may be written in capitals. An empty filter holds for every galaxy.
 *
 * [Note: Unknown values] As in SQL a condition on a value that is not there is neither true nor false: a galaxy without votes answers neither
 * `bar_strong > 0.5` nor `not bar_strong > 0.5`, nor `bar_strong != 0.5`. `not` of unknown is unknown, `and` is the least of its parts and `or`
 * the greatest in the order false < unknown < true; a galaxy is found where the whole is true. Not there: the vote fraction of a question nobody
 * answered, votes of a galaxy without a record, a prediction, score or position that was never made, an empty cell of the table, an answer no
 * expert gave. States, rounds, annotators, ids and `known` are never unknown.
 */
export type FilterTree = Filter<Column>

/** A filter that names its columns by `C`. */
export type Filter<C> =
  { readonly kind: 'and' | 'or'; readonly of: readonly Filter<C>[] } | { readonly kind: 'not'; readonly of: Filter<C> } | Condition<C>

/** What a filter is put together from. */
export type Condition<C> =
  | { readonly kind: 'number'; readonly column: C; readonly operator: NumberOperator; readonly value: number }
  | { readonly kind: 'text'; readonly column: C; readonly operator: TextOperator; readonly value: string }
  | { readonly kind: 'known'; readonly column: C }
  | ({ readonly kind: 'cone' } & Cone)
  | { readonly kind: 'state'; readonly state: State }
  | { readonly kind: 'in-round'; readonly round: number }
  | { readonly kind: 'annotator'; readonly operator: TextOperator; readonly value: string }
  | { readonly kind: 'answered'; readonly question: string; readonly is: { readonly operator: '=' | '!='; readonly answer: string } | null }

/** A column by the name that people write. `named`: a vote fraction, ra, dec, id or a column of the imported table. Null: the newest. */
export type Column =
  | { readonly kind: 'named'; readonly name: string }
  | { readonly kind: 'metadata'; readonly name: string }
  | { readonly kind: 'votes'; readonly question: string }
  | { readonly kind: 'predicted'; readonly model: string | null; readonly answer: string }
  | { readonly kind: 'score'; readonly round: number | null }

export const numberOperators = ['=', '!=', '<', '<=', '>', '>='] as const
export type NumberOperator = (typeof numberOperators)[number]
export const textOperators = ['=', '!=', '~'] as const
export type TextOperator = (typeof textOperators)[number]

/** A cap of the sky around a position; `radius` in `unit`. */
export type Cone = { readonly raDeg: number; readonly decDeg: number; readonly radius: number; readonly unit: AngleUnit }
export const angleUnits = ['arcsec', 'arcmin', 'deg'] as const
export type AngleUnit = (typeof angleUnits)[number]

/**
 * What stands of a galaxy now. `labelled`: of the pool, and training may use it, since an expert answered or its votes were revealed; `pool`: open to
 * be chosen, so neither labelled nor held out. `test` galaxies are held out for measuring, `excluded` ones lie beside a test galaxy.
 */
export const states = ['labelled', 'flagged', 'starred', 'skipped', 'test', 'excluded', 'pool'] as const
export type State = (typeof states)[number]

/** The filter that holds for every galaxy. */
export const everyGalaxy: FilterTree = { kind: 'and', of: [] }

/** All conditions of a filter, from left to right. */
export function conditionsOf<C>(filter: Filter<C>): Condition<C>[] {
  switch (filter.kind) {
    case 'and':
    case 'or':
      return filter.of.flatMap(conditionsOf)
    case 'not':
      return conditionsOf(filter.of)
    default:
      return [filter]
  }
}

/** All columns that a filter names, from left to right. */
export function columnsOf<C>(filter: Filter<C>): C[] {
  return conditionsOf(filter).flatMap((condition) => ('column' in condition ? [condition.column] : []))
}
