import { answerName, questionRanges, type DecisionTree } from './decision-tree'

/** A tree as arrays of flat answer and question indices, for loops over many galaxies. A answers, Q questions. */
export type TreeIndex = {
  readonly questionCount: number
  readonly answerCount: number
  /** [Q + 1]: the answers of question q are `[start_Q[q], start_Q[q + 1])`. */
  readonly start_Q: Int32Array
  /** [A]: the question of each answer. */
  readonly questionOf_A: Int32Array
  /** [Q]: the answers that each question hangs from; empty for a root. */
  readonly parents_Q: readonly (readonly number[])[]
  /** [A]: the questions that hang from each answer, in the order a labeller meets them. */
  readonly children_A: readonly (readonly number[])[]
  /** The roots, in the tree's order. */
  readonly roots: readonly number[]
  /** All questions, none before a question that it hangs from. */
  readonly order: readonly number[]
  readonly questionByName: ReadonlyMap<string, number>
  /** Flat index by `question_answer`. */
  readonly answerByName: ReadonlyMap<string, number>
}

/** Trees are immutable and used millions of times, so each is indexed once. */
const known = new WeakMap<DecisionTree, TreeIndex>()

/** The index of a tree that `parseTree` accepted. Throws a plain Error on an unknown answer or a cycle: those are caught when it is parsed. */
export function indexTree(tree: DecisionTree): TreeIndex {
  const found = known.get(tree)
  if (found) return found
  const made = makeIndex(tree)
  known.set(tree, made)
  return made
}

function makeIndex(tree: DecisionTree): TreeIndex {
  const ranges = questionRanges(tree)
  const answerByName = new Map<string, number>()
  for (const { question, start } of ranges)
    question.answers.forEach((answer, i) => answerByName.set(answerName(question.name, answer), start + i))
  const answerCount = ranges.at(-1)?.end ?? 0
  const questionOf_A = new Int32Array(answerCount)
  ranges.forEach(({ start, end }, q) => questionOf_A.fill(q, start, end))
  const parents_Q = tree.questions.map((question) =>
    question.after.map((name) => {
      const answer = answerByName.get(name)
      if (answer === undefined) throw new Error(`tree ${tree.id}: ${question.name} hangs from the unknown answer ${name}`)
      return answer
    }),
  )
  const children_A: number[][] = Array.from({ length: answerCount }, () => [])
  parents_Q.forEach((parents, q) => parents.forEach((answer) => children_A[answer]!.push(q)))
  // Where branches join again (something-odd after smooth and after featured) the volunteer first finished the branch.
  for (const children of children_A) children.sort((a, b) => parents_Q[a]!.length - parents_Q[b]!.length || a - b)
  return {
    questionCount: ranges.length,
    answerCount,
    start_Q: Int32Array.from([...ranges.map((range) => range.start), answerCount]),
    questionOf_A,
    parents_Q,
    children_A,
    roots: parents_Q.flatMap((parents, q) => (parents.length === 0 ? [q] : [])),
    order: parentsFirst(tree, parents_Q, questionOf_A),
    questionByName: new Map(tree.questions.map((question, q) => [question.name, q])),
    answerByName,
  }
}

function parentsFirst(tree: DecisionTree, parents_Q: readonly (readonly number[])[], questionOf_A: Int32Array): number[] {
  const order: number[] = []
  const placed = new Set<number>()
  while (order.length < parents_Q.length) {
    const before = order.length
    parents_Q.forEach((parents, q) => {
      if (placed.has(q) || !parents.every((answer) => placed.has(questionOf_A[answer]!))) return
      placed.add(q)
      order.push(q)
    })
    if (order.length === before) throw new Error(`tree ${tree.id} has a cycle`)
  }
  return order
}
