import type { MiddlewareHandler } from 'hono'
import { AppError } from '@shared/science/errors'
import { PROJECT_HEADER } from '@shared/contract/requests'
import type { Desk } from '@main/services/desk'

/**
 * [Note: Of this project] One project is open at a time, for all windows. What a window asks for in the one that it shows must not be done in
 * another that was opened meanwhile, where the same key is another galaxy and a split is for good: whatever writes names its project, and is
 * refused with `project/changed`. An entry of the log is kept and tried again by its window until that project is open.
 * A request that names no project, as scripts send it, is for the one that is open; so is what opens one or makes its own.
 */
export function ofThisProject(desk: Desk): MiddlewareHandler {
  return async (c, next) => {
    const named = c.req.header(PROJECT_HEADER)
    if (named !== undefined) {
      const meant = decodeURIComponent(named)
      // A job asks for its project once it was read: read before, so that no other is opened in between.
      await c.req.text()
      const { path } = desk.project()
      if (path !== meant)
        throw new AppError(
          'project/changed',
          `This is for the project ${meant}, and ${path} was opened meanwhile. Nothing is done in the wrong one: open the first again for it.`,
        )
    }
    await next()
  }
}
