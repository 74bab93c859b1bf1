import { existsSync } from 'node:fs'
import { join, parse, resolve } from 'node:path'
import { AppError } from '@shared/science/errors'
import { sampleParamsSchema, type JobParams } from '@shared/contract/job'
import type { StartFailure } from '@shared/contract/requests'
import { describeError } from '@main/api/describe-error'
import { recentProjects } from './recent-projects'

type Doings = {
  open: (path: string) => Promise<unknown>
  submit: (params: JobParams) => Promise<unknown>
  suggestedFolder: () => string
  /** Hears of every project that could not be opened. */
  say: (error: unknown) => void
}

/**
 * The project asked for with GALAXY_DESK_PROJECT and no other; else the latest one that can be opened, else a new sample project. Returns what
 * should have been opened and why it was not, null when it was: answers meant for one project must not go into another without a word.
 */
export async function openAtStart({ open, submit, suggestedFolder, say }: Doings): Promise<StartFailure | null> {
  let failure: StartFailure | null = null
  const isDone = async (path: string, action: () => Promise<unknown>) => {
    try {
      await action()
      return true
    } catch (error) {
      say(error)
      const { code, message } = describeError(error instanceof Error ? error : new Error(String(error)))
      failure ??= { path, code, message }
      return false
    }
  }
  const asked = process.env.GALAXY_DESK_PROJECT
  const sample = join(suggestedFolder(), 'Sample.galaxydesk')
  const known = asked ? [resolve(asked)] : [...recentProjects().map(({ path }) => path), ...(existsSync(sample) ? [sample] : [])]
  for (const path of new Set(known)) {
    const openThere = async () => {
      if (!existsSync(path))
        throw new AppError('project/gone', `${path} is not there. Connect the disk that it is on, or open it where it is now.`)
      await open(path)
    }
    if (await isDone(path, openThere)) return failure
  }
  if (asked) return failure
  const path = freeName(sample)
  await isDone(path, () => submit({ kind: 'sample', params: sampleParamsSchema.parse({ path }) }))
  return failure
}

/** The path, or with a number before its ending the first that nothing has. */
function freeName(path: string): string {
  const { dir, name, ext } = parse(path)
  for (let n = 2, free = path; ; free = join(dir, `${name} ${n++}${ext}`)) if (!existsSync(free)) return free
}
