import { AppError } from '@shared/science/errors'
import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'
import type { ImportParams, Job } from '@shared/contract/job'
import type { RecentProject } from '@shared/contract/records'
import type { SplitRequest } from '@shared/contract/requests'
import { api, type TreeListing } from '../api'
import { projectPath } from '../project-path'
import { useJobsStore } from './jobs'
import { useLabelsStore } from './labels'
import { useSheetStore } from './sheet'
import { useStatusStore } from './status'

/** Which projects there are, and how one is opened or begun. The open one itself is in the status store. */
export const useProjectsStore = defineStore('projects', () => {
  const status = useStatusStore()
  const jobs = useJobsStore()
  const recent = shallowRef<readonly RecentProject[]>([])
  const suggestedFolder = ref('')
  const trees = shallowRef<readonly TreeListing[]>([])

  const others = computed(() => recent.value.filter(({ path }) => path !== status.project?.path))

  async function load(): Promise<void> {
    const [list, treeList] = await Promise.all([api.projects(), api.trees()])
    recent.value = list.recent
    suggestedFolder.value = list.suggestedFolder
    trees.value = treeList.trees
  }

  /** An answer that is still to be written belongs to the open project: no other may take its place before that. */
  function checkNothingUnsaved(): void {
    if (useLabelsStore().isIdle && useSheetStore().isIdle) return
    throw new AppError(
      'labels/unsaved',
      'An answer of the open project is not saved yet. Go to Label or Sheet and try again or discard it first.',
    )
  }

  async function open(path: string): Promise<void> {
    checkNothingUnsaved()
    status.setProject(await api.openProject(path))
    await Promise.all([status.load(), load()])
  }

  /** Begins a project of simulated galaxies: the server opens it at once, and a job fills it. */
  async function startSample(folder: string, name: string, galaxies: number, seed: number): Promise<Job> {
    checkNothingUnsaved()
    return jobs.startSample({ path: projectPath(folder, name), galaxies, seed })
  }

  /** Begins an empty project, which the server opens at once, and tells its folder. */
  async function create(folder: string, name: string, tree: string): Promise<string> {
    checkNothingUnsaved()
    const created = await api.createProject({ path: projectPath(folder, name), tree })
    status.setProject(created)
    return created.path
  }

  /** Into the project on screen, unless it is said into which. */
  const startImport = async (params: ImportParams, project = status.shownPath()): Promise<Job> =>
    jobs.start(project, { kind: 'import', params })

  async function split(request: SplitRequest): Promise<void> {
    status.setProject(await api.split(status.shownPath(), request))
  }

  return { recent, others, suggestedFolder, trees, load, open, startSample, create, startImport, split }
})
