import type { Example } from '@shared/contract/beside'

/** `g12: 97 % of 38 votes`, `g12: your answer, starred`. */
export function exampleInWords({ id, fraction, votes, isStarred }: Example): string {
  if (fraction !== null) return `${id}: ${Math.round(100 * fraction)} % of ${votes} votes`
  return `${id}: your answer${isStarred ? ', starred' : ''}`
}
