import { createHash } from 'node:crypto'
import { canonicalTree } from '@shared/science/tree/canonical'
import type { DecisionTree } from '@shared/science/tree/decision-tree'
import type { ReadableDb, WritableDb } from './database'
import { readSetting, writeSetting } from './settings'

/** A tree with its version. */
export type VersionedTree = { readonly tree: DecisionTree; readonly version: string }

/** The version of a tree: SHA-256 (hex) of its canonical text, so that a changed tree is another tree. */
export function treeVersion(tree: DecisionTree): string {
  return createHash('sha256').update(canonicalTree(tree)).digest('hex')
}

/** Keeps the tree, if it is not there yet, and returns its version. */
export function ensureTree(db: WritableDb, tree: DecisionTree): string {
  const version = treeVersion(tree)
  db.prepare('INSERT INTO trees (version, tree_id, content) VALUES (?, ?, ?) ON CONFLICT (version) DO NOTHING').run(
    version,
    tree.id,
    canonicalTree(tree),
  )
  return version
}

/** Makes this the tree that the project labels with. */
export function setProjectTree(db: WritableDb, tree: DecisionTree): void {
  writeSetting(db, 'treeVersion', ensureTree(db, tree))
}

/** The tree that the project labels with. */
export function projectTree(db: ReadableDb): VersionedTree {
  const version = readSetting(db, 'treeVersion') as string
  return { version, tree: readTree(db, version) }
}

/** By version, which is made of all that they say; whoever asks again gets the same object. */
const trees = new Map<string, DecisionTree>()

export function readTree(db: ReadableDb, version: string): DecisionTree {
  const known = trees.get(version)
  if (known !== undefined) return known
  const content = db.prepare<[string], string>('SELECT content FROM trees WHERE version = ?').pluck().get(version)
  if (content === undefined) throw new Error(`the catalogue has no tree ${version}`)
  const tree = JSON.parse(content) as DecisionTree
  trees.set(version, tree)
  return tree
}
