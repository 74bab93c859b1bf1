/**
 * @file What a window sent and the server has not committed yet: the next window writes it ([Note: Saved means committed]). Each request has a
 * place of its own in the browser's storage, so that no window and no project takes that of another.
 */
import { z } from 'zod'

/** The requests of one kind: `name` tells them from others. */
export function unsavedOf<T>(name: string, request: z.ZodType<T>) {
  const prefix = `galaxy-desk.unsaved.${name}.`
  const place = z.object({ project: z.string(), since: z.number() })

  const keep = (project: string, uuid: string, kept: T): void =>
    localStorage.setItem(prefix + uuid, JSON.stringify({ project, since: Date.now(), request: kept }))

  const drop = (uuid: string): void => localStorage.removeItem(prefix + uuid)

  /** Those of a project, the oldest first. */
  function of(project: string): T[] {
    const keys = Array.from({ length: localStorage.length }, (_, i) => localStorage.key(i)!).filter((key) => key.startsWith(prefix))
    return keys
      .map((key) => place.loose().parse(JSON.parse(localStorage.getItem(key)!)))
      .filter((kept) => kept.project === project)
      .sort((a, b) => a.since - b.since)
      .map((kept) => request.parse(kept['request']))
  }

  return { keep, drop, of }
}
