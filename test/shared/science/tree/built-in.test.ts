import { describe, expect, it } from 'vitest'
import { AppError } from '@shared/science/errors'
import { builtInTrees, findTree } from '@shared/science/tree/built-in'
import { canonicalTree } from '@shared/science/tree/canonical'
import { answerNames } from '@shared/science/tree/decision-tree'
import { countPaths, enumeratePaths } from '@shared/science/tree/paths'
import { parseTree } from '@shared/science/tree/parse-tree'
import { codeOf } from '../helpers'

describe('the built-in trees', () => {
  it('are the six of the published campaigns, with their numbers of answers', () => {
    const sizes = Object.fromEntries(builtInTrees.map((tree) => [tree.id, answerNames(tree).length]))
    expect(sizes).toEqual({ gz2: 37, 'gz2-zoobot': 30, 'gz-decals-dr5': 34, 'gz-decals-dr12': 30, 'gz-desi': 34, rings: 2 })
  })

  it('ask about spiral arms after edge-on no in gz2, and already after featured in gz2-zoobot', () => {
    const after = (id: string) => findTree(id).questions.find((question) => question.name === 'has-spiral-arms')!.after
    expect(after('gz2')).toEqual(['disk-edge-on_no'])
    expect(after('gz2-zoobot')).toEqual(['smooth-or-featured_featured-or-disk'])
  })

  it('ask gz2 volunteers for something odd after everything but artifact', () => {
    const odd = findTree('gz2').questions.find((question) => question.name === 'something-odd')!
    expect(odd.after).toEqual(['smooth-or-featured_smooth', 'smooth-or-featured_featured-or-disk'])
    expect(findTree('gz2-zoobot').questions.some((question) => question.name === 'odd-feature')).toBe(false)
  })

  it('name the trees there are when an id is unknown', () => {
    expect(() => findTree('gz3')).toThrow(AppError)
    expect(() => findTree('gz3')).toThrow(/"gz3".*gz2, gz2-zoobot, gz-decals-dr5/)
    expect(codeOf(() => findTree('gz3'))).toBe('tree/unknown')
  })

  it('have 1,168 paths for gz-decals-dr5, all different and as many as are counted', () => {
    const tree = findTree('gz-decals-dr5')
    const paths = enumeratePaths(tree)
    expect(paths).toHaveLength(1168)
    expect(countPaths(tree)).toBe(1168)
    expect(new Set(paths.map(String)).size).toBe(1168)
  })

  it('list as many paths as they count, for every tree', () => {
    for (const tree of builtInTrees) expect(enumeratePaths(tree)).toHaveLength(countPaths(tree))
  })

  it('refuse to list more paths than the limit', () => {
    const many = parseTree({ id: 'many', questions: Array.from({ length: 20 }, (_, i) => ({ name: `q${i}`, answers: ['yes', 'no'] })) })
    expect(countPaths(many)).toBe(2 ** 20)
    expect(codeOf(() => enumeratePaths(many))).toBe('tree/too-many-paths')
  })
})

describe('the canonical text of a tree', () => {
  it('survives a round trip through JSON and differs between trees', () => {
    for (const tree of builtInTrees) expect(canonicalTree(parseTree(JSON.parse(canonicalTree(tree))))).toBe(canonicalTree(tree))
    expect(new Set(builtInTrees.map(canonicalTree)).size).toBe(builtInTrees.length)
  })

  it('ignores the order of keys and of "after", and keeps that of answers', () => {
    const text = (json: unknown) => canonicalTree(parseTree(json))
    const root = { name: 'a', answers: ['x', 'y', 'z'] }
    const one = text({ id: 't', questions: [root, { name: 'b', answers: ['m', 'n'], after: ['a_x', 'a_y'] }] })
    expect(
      text({
        questions: [
          { answers: ['x', 'y', 'z'], name: 'a', after: [] },
          { after: ['a_y', 'a_x'], name: 'b', answers: ['m', 'n'] },
        ],
        id: 't',
      }),
    ).toBe(one)
    expect(text({ id: 't', questions: [root, { name: 'b', answers: ['n', 'm'], after: ['a_x', 'a_y'] }] })).not.toBe(one)
  })
})
