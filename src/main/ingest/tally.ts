import { questionRanges } from '@shared/science/tree/decision-tree'
import type { VotePlan } from './columns/vote-plan'
import type { GalaxyInput } from './read-row'

/** Counts what went in, for the notes of the report. */
export type Tally = { readonly add: (galaxy: GalaxyInput, hasImage: boolean) => void; readonly notes: () => string[] }

export function createTally(plan: VotePlan): Tally {
  let galaxies = 0
  let images = 0
  const perSet = plan.sets.map((set) => ({
    ...set,
    galaxies: 0,
    questions: questionRanges(set.tree).map(({ question, start, end }) => ({ name: question.name, start, end, asked: 0 })),
  }))
  return {
    add({ votes }, hasImage) {
      galaxies++
      if (hasImage) images++
      for (const [index, counts] of votes.entries()) {
        if (counts === null) continue
        perSet[index]!.galaxies++
        for (const question of perSet[index]!.questions)
          if (counts.subarray(question.start, question.end).some((count) => count > 0)) question.asked++
      }
    },
    notes() {
      const notes = [`${number(galaxies)} galaxies imported, ${number(images)} with an image.`]
      for (const set of perSet) {
        const asked = set.questions.filter(
          ({ name }) => set.isOwnTree || plan.sets.some((other) => other.questions.some((question) => question.name === name)),
        )
        const list = asked.flatMap(({ name, asked: count }) => (set.isOwnTree || count > 0 ? [`${name} ${number(count)}`] : []))
        notes.push(
          `Votes of "${set.campaign}" (${set.tree.id}): ${number(set.galaxies)} galaxies${list.length > 0 ? `; by question: ${list.join(', ')}` : ''}.`,
        )
      }
      for (const { question, sets } of plan.contested) {
        const [own, other] = [perSet[sets[0]]!, perSet[sets[1]]!]
        const count = other.questions.find(({ name }) => name === question)?.asked ?? 0
        if (count > 0)
          notes.push(
            `${question} counts as not asked for ${number(count)} galaxies: their volunteers answered the version of ${other.tree.id}, kept as the vote set "${other.campaign}" and not mixed with "${own.campaign}".`,
          )
      }
      return notes
    },
  }
}

const number = (count: number) => count.toLocaleString('en-GB')
