import { assertNever } from '@shared/science/errors'
import type { ReadableDb } from '@main/catalogue/database'
import { openCatalogue } from '@main/catalogue/open'
import type { SearchTask, SearchTaskResult } from './messages'
import { createSearch, type Search } from './search'

/** Answers questions about a project in this thread. It opens the catalogue with the first one; `close` waits for those that are being answered. */
export type TaskWork = { ask: (task: SearchTask) => Promise<SearchTaskResult<SearchTask['kind']>>; close: () => Promise<void> }

export function createTaskWork(projectPath: string): TaskWork {
  let open: { db: ReadableDb; search: Search } | null = null
  const working = new Set<Promise<unknown>>()

  function search(): Search {
    if (open === null) {
      const db = openCatalogue(projectPath, { readonly: true })
      open = { db, search: createSearch(db) }
    }
    return open.search
  }

  return {
    async ask(task) {
      const work = doTask(search(), task)
      working.add(work)
      try {
        return await work
      } finally {
        working.delete(work)
      }
    },
    async close() {
      await Promise.allSettled(working)
      await open?.search.settled()
      open?.db.close()
      open = null
    },
  }
}

async function doTask(search: Search, task: SearchTask): Promise<SearchTaskResult<SearchTask['kind']>> {
  switch (task.kind) {
    case 'search':
      return search.search(task.request)
    case 'rows':
      return search.rows(task.resultId, task.request)
    case 'around':
      return search.around(task.resultId, task.galaxyKey)
    case 'columns':
      return search.columns()
    case 'prepare':
      await search.prepare()
      return null
    case 'check':
      return search.check(task.request)
    case 'examples':
      return search.examples(task.annotator)
    case 'neighbours':
      return search.neighbours(task.galaxyKey, task.annotator)
    default:
      return assertNever(task)
  }
}
