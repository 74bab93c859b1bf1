import { AppError } from '../errors'
import { answerName, type DecisionTree, type Question } from './decision-tree'

/**
 * A decision tree from the JSON of a file: `{ id, questions: [{ name, answers, after? }] }`, without `after` a root. Other keys are left
 * out. Throws AppError `tree/…` that names the question and says what to do. In what it returns every question can be reached, no two of
 * the answers that a question hangs from can be given together, and every `question_answer` is unique.
 */
export function parseTree(json: unknown): DecisionTree {
  if (!isRecord(json)) throw new AppError('tree/bad-form', 'A tree is a JSON object { "id": …, "questions": […] }; this is something else.')
  const { id, questions } = json
  if (!isName(id)) throw new AppError('tree/bad-form', 'The tree has no "id": give it a short text, for example "my-survey".')
  if (!Array.isArray(questions) || questions.length === 0) {
    throw new AppError('tree/no-questions', `The tree "${id}" asks nothing: "questions" must be a list with at least one question.`)
  }
  const tree: DecisionTree = { id, questions: questions.map((question, i) => parseQuestion(question, i, id)) }
  checkNames(tree)
  checkLinks(tree)
  checkExclusive(tree)
  return tree
}

function parseQuestion(json: unknown, i: number, id: string): Question {
  if (!isRecord(json) || !isName(json.name))
    throw new AppError('tree/bad-form', `Question ${i + 1} of the tree "${id}" has no "name": give it one.`)
  const { name, answers, after = [] } = json
  if (!Array.isArray(answers) || answers.length === 0) {
    throw new AppError('tree/no-answers', `Question "${name}" has no answers: list at least two under "answers".`)
  }
  if (!answers.every(isName))
    throw new AppError('tree/bad-form', `Question "${name}" has an answer that is not a text: write every answer in quotes.`)
  if (answers.length === 1)
    throw new AppError(
      'tree/no-answers',
      `Question "${name}" has only the answer "${answers[0]}": there is nothing to choose. Give it two or more.`,
    )
  if (!Array.isArray(after) || !after.every(isName)) {
    throw new AppError(
      'tree/bad-form',
      `"after" of question "${name}" must be a list of texts such as "question_answer", or absent for a first question.`,
    )
  }
  return { name, answers: [...answers], after: [...after] }
}

function checkNames(tree: DecisionTree): void {
  const questions = new Set<string>()
  const answers = new Map<string, string>()
  for (const question of tree.questions) {
    if (questions.has(question.name))
      throw new AppError('tree/duplicate-question', `Question "${question.name}" is in the tree twice: rename one of them.`)
    questions.add(question.name)
    for (const answer of question.answers) {
      const name = answerName(question.name, answer)
      const owner = answers.get(name)
      if (owner !== undefined) {
        const where =
          owner === question.name
            ? `twice in question "${owner}"`
            : `in questions "${owner}" and "${question.name}" under the same full name`
        throw new AppError('tree/duplicate-answer', `The answer "${name}" is ${where}: rename one of them.`)
      }
      answers.set(name, question.name)
    }
    const repeated = question.after.find((name, i) => question.after.indexOf(name) !== i)
    if (repeated !== undefined)
      throw new AppError('tree/duplicate-after', `Question "${question.name}" hangs from "${repeated}" twice: remove one.`)
  }
}

/** No unknown answer, a root, and no cycle. Then every question can be reached: going up from it must end, and only a root is an end. */
function checkLinks(tree: DecisionTree): void {
  const owners = answerOwners(tree)
  for (const { name, after } of tree.questions) {
    const unknown = after.find((answer) => !owners.has(answer))
    if (unknown === undefined) continue
    const known = [...owners.keys()].join(', ')
    throw new AppError(
      'tree/unknown-answer',
      `Question "${name}" hangs from "${unknown}", which no question of the tree has. The answers are: ${known}.`,
    )
  }
  if (!tree.questions.some((question) => question.after.length === 0)) {
    throw new AppError(
      'tree/no-root',
      `Every question of the tree "${tree.id}" hangs from another, so none is ever asked: remove "after" from the first question.`,
    )
  }
  const done = new Set<Question>()
  const climb = (question: Question, trail: readonly Question[]): void => {
    if (done.has(question)) return
    if (trail.includes(question)) {
      const loop = [...trail.slice(trail.indexOf(question)), question].map((step) => `"${step.name}"`).join(' hangs from ')
      throw new AppError('tree/cycle', `The tree "${tree.id}" goes in a circle: ${loop}. Remove one of these links.`)
    }
    for (const answer of question.after) climb(owners.get(answer)!, [...trail, question])
    done.add(question)
  }
  for (const question of tree.questions) climb(question, [])
}

/**
 * [Note: Exclusive parents] The answers that one question hangs from exclude each other, so the proportion asked is the sum of their joint
 * probabilities, and a path meets each question once.
 */
function checkExclusive(tree: DecisionTree): void {
  const owners = answerOwners(tree)
  const depth = remembered((question: Question): number => Math.max(0, ...question.after.map((answer) => 1 + depth(owners.get(answer)!))))
  const canMeet = remembered((pair: string): boolean => {
    const [a, b] = JSON.parse(pair) as [string, string]
    const [ownerA, ownerB] = [owners.get(a)!, owners.get(b)!]
    if (ownerA === ownerB) return a === b
    // The deeper question is never above the other, so its answer is free once the question is asked.
    const [upper, lower] = depth(ownerA) <= depth(ownerB) ? [a, ownerB] : [b, ownerA]
    return lower.after.length === 0 || lower.after.some((parent) => canMeet(JSON.stringify([upper, parent])))
  })
  for (const { name, after } of tree.questions) {
    after.forEach((a, i) => {
      const b = after.slice(i + 1).find((other) => canMeet(JSON.stringify([a, other])))
      if (b === undefined) return
      throw new AppError(
        'tree/answers-overlap',
        `Question "${name}" hangs from "${a}" and from "${b}", which one galaxy can both be given. Keep one of the two.`,
      )
    })
  }
}

function answerOwners(tree: DecisionTree): Map<string, Question> {
  return new Map(tree.questions.flatMap((question) => question.answers.map((answer) => [answerName(question.name, answer), question])))
}

/** A tree whose questions hang from several answers each has exponentially many ways up: every result is computed once. */
function remembered<K, V>(compute: (key: K) => V): (key: K) => V {
  const results = new Map<K, V>()
  return (key) => {
    const found = results.get(key)
    if (found !== undefined) return found
    const value = compute(key)
    results.set(key, value)
    return value
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && value.trim() !== ''
}
