import type { MiddlewareHandler } from 'hono'
import { AppError } from '@shared/science/errors'
import { PROJECT_HEADER } from '@shared/contract/requests'
import type { Desk } from '@main/services/desk'

/**
 * [Note: Of this project] One project is open at a time, for all windows. What a window wrote for the one before must not end in this one, where
 * the same key is another galaxy: it is refused with `project/changed`, and kept and tried again by its window until that project is open.
 * A request that names no project, as scripts send it, is for the one that is open.
 */
export function ofThisProject(desk: Desk): MiddlewareHandler {
  return async (c, next) => {
    const named = c.req.header(PROJECT_HEADER)
    if (named !== undefined) {
      const meant = decodeURIComponent(named)
      const { path } = desk.project()
      if (path !== meant)
        throw new AppError(
          'project/changed',
          `This is for the project ${meant}, and ${path} was opened meanwhile. Nothing is written to the wrong one: open the first again to save it.`,
        )
    }
    await next()
  }
}
