import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { builtInTrees } from '@shared/science/tree/built-in'
import { listFolder } from '@main/services/folders'
import { projectName, recentProjects, rememberProject } from '@main/services/recent-projects'
import { readTree } from '@main/services/trees'
import { ownFolder } from '../api/support'

let folder: string
beforeEach(() => {
  folder = ownFolder()
})

describe('the recent projects', () => {
  const list = () => join(folder, 'data', 'recent-projects.json')

  it('are those opened, latest first, each once', () => {
    expect(recentProjects()).toEqual([])
    for (const name of ['a', 'b', 'a']) rememberProject(join(folder, `${name}.galaxydesk`))
    expect(recentProjects().map(({ name, exists }) => [name, exists])).toEqual([
      ['a', false],
      ['b', false],
    ])
    mkdirSync(join(folder, 'b.galaxydesk'))
    expect(recentProjects().map(({ exists }) => exists)).toEqual([false, true])
  })

  it('are at most twenty', () => {
    for (let i = 0; i < 25; i++) rememberProject(join(folder, `p${i}`))
    expect(recentProjects().map(({ name }) => name)).toEqual(Array.from({ length: 20 }, (_, i) => `p${24 - i}`))
    expect(readdirSync(join(folder, 'data'))).toEqual(['recent-projects.json'])
  })

  it.each(['', '{', 'null', '[{"path": 1}]', '{"path": "/a"}'])('of a damaged list (%j) are none, and it is written anew', (content) => {
    mkdirSync(dirname(list()))
    writeFileSync(list(), content)
    expect(recentProjects()).toEqual([])
    rememberProject(folder)
    expect(JSON.parse(readFileSync(list(), 'utf8'))).toMatchObject([{ path: folder }])
  })

  it('that cannot be written are no reason to fail', () => {
    writeFileSync(join(folder, 'data'), 'a file where the folder should be')
    expect(() => rememberProject(folder)).not.toThrow()
    expect(recentProjects()).toEqual([])
  })

  it('are called as their folder', () => {
    expect(['/s/GZ 2.galaxydesk', '/s/plain'].map(projectName)).toEqual(['GZ 2', 'plain'])
  })
})

describe('a folder', () => {
  const entriesOf = async (path: string) => (await listFolder(path)).entries.map(({ name, kind }) => [name, kind])

  it('lists folders before files, in the order of their numbers, without the hidden ones', async () => {
    for (const name of ['b', 'run10', 'run9', 'survey.galaxydesk', '.git']) mkdirSync(join(folder, name))
    for (const name of ['a.csv', '.hidden', 'x.galaxydesk']) writeFileSync(join(folder, name), '')
    expect(await entriesOf(folder)).toEqual([
      ['b', 'folder'],
      ['run9', 'folder'],
      ['run10', 'folder'],
      ['survey.galaxydesk', 'project'],
      ['a.csv', 'file'],
      ['x.galaxydesk', 'file'],
    ])
  })

  it('follows links to folders, and takes broken and circular ones for files', async () => {
    mkdirSync(join(folder, 'real'))
    symlinkSync(join(folder, 'real'), join(folder, 'link'))
    symlinkSync(join(folder, 'gone'), join(folder, 'broken'))
    symlinkSync(join(folder, 'circle'), join(folder, 'circle'))
    expect(await entriesOf(folder)).toEqual([
      ['link', 'folder'],
      ['real', 'folder'],
      ['broken', 'file'],
      ['circle', 'file'],
    ])
  })

  it('says its path and the folder it lies in; the root lies in none', async () => {
    expect(await listFolder(join(folder, 'x', '..'))).toMatchObject({ path: folder, parent: dirname(folder) })
    expect((await listFolder('/')).parent).toBeNull()
    expect((await listFolder(undefined)).path).toBe(homedir())
  })

  it('that is missing, a file or closed says which', async () => {
    writeFileSync(join(folder, 'file'), '')
    await expect(listFolder(join(folder, 'gone'))).rejects.toMatchObject({
      code: 'folder/unreadable',
      message: expect.stringContaining('does not exist'),
    })
    await expect(listFolder(join(folder, 'file'))).rejects.toMatchObject({
      code: 'folder/unreadable',
      message: expect.stringContaining('is a file'),
    })
    mkdirSync(join(folder, 'closed'))
    chmodSync(join(folder, 'closed'), 0)
    // The administrator may read everything.
    if (process.getuid?.() !== 0)
      await expect(listFolder(join(folder, 'closed'))).rejects.toMatchObject({ message: expect.stringContaining('cannot be read') })
    expect(await entriesOf(folder)).toEqual([
      ['closed', 'folder'],
      ['file', 'file'],
    ])
    chmodSync(join(folder, 'closed'), 0o700)
    rmSync(join(folder, 'closed'), { recursive: true })
  })
})

describe('a decision tree', () => {
  const file = (content: string) => {
    const path = join(folder, 'tree.json')
    writeFileSync(path, content)
    return path
  }

  it('is found by the name of a built-in one', async () => {
    for (const tree of builtInTrees) expect(await readTree(tree.id)).toBe(tree)
  })

  it('is read from a file', async () => {
    const tree = { id: 'mine', questions: [{ name: 'smooth', answers: ['yes', 'no'], after: [] }] }
    expect(await readTree(file(JSON.stringify(tree)))).toMatchObject(tree)
  })

  it('that is unknown is answered with those that are known', async () => {
    await expect(readTree('gz9')).rejects.toMatchObject({ code: 'tree/unknown', message: expect.stringContaining('gz-decals-dr5') })
  })

  it.each([
    ['missing', null, 'tree/unreadable'],
    ['not JSON', '{"id": ', 'tree/unreadable'],
    ['no tree', '{"id": "x"}', 'tree/no-questions'],
    [
      'a circle',
      JSON.stringify({
        id: 'x',
        questions: [
          { name: 'root', answers: ['yes', 'no'] },
          { name: 'a', answers: ['yes', 'no'], after: ['b_yes'] },
          { name: 'b', answers: ['yes', 'no'], after: ['a_yes'] },
        ],
      }),
      'tree/cycle',
    ],
  ])('in a file that is %s is refused', async (_, content, code) => {
    const path = content === null ? join(folder, 'absent.json') : file(content)
    expect(existsSync(path)).toBe(content !== null)
    await expect(readTree(path)).rejects.toMatchObject({ code })
  })
})
