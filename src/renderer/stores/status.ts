import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'
import type { EngineChoice } from '@shared/contract/engine'
import type { ProjectSummary } from '@shared/contract/records'
import type { Status } from '@shared/contract/requests'
import { AppError } from '@shared/science/errors'
import { api } from '../api'
import { latestRun } from '../latest'
import { useJobsStore } from './jobs'

/** What is open and what it runs on, as the server said last. */
export const useStatusStore = defineStore('status', () => {
  const status = shallowRef<Status | null>(null)
  const isConnected = ref(false)
  const runs = latestRun()

  const project = computed(() => status.value?.project ?? null)
  const engine = computed(() => status.value?.engine ?? null)
  const engineSetting = computed(() => status.value?.engineSetting ?? null)

  /** The folder of the project on screen, for what the user asks for in it ([Note: Of this project]). Throws `project/none`. */
  function shownPath(): string {
    if (project.value) return project.value.path
    throw new AppError('project/none', 'No project is open. Open one, or make a new one.')
  }

  async function load(): Promise<void> {
    const isLatest = runs.begin()
    const loaded = await api.status()
    if (!isLatest()) return
    status.value = loaded
    useJobsStore().replaceAll(loaded.jobs)
  }

  /** A summary that came as the answer to a change is newer than any status still on its way. */
  function setProject(summary: ProjectSummary): void {
    runs.begin()
    // The jobs of the project before, and what they failed of, are not of this one.
    if (summary.path !== project.value?.path) useJobsStore().replaceAll([])
    if (status.value) status.value = { ...status.value, project: summary }
  }

  /** The engine itself comes with the next status: the server says when it has started. */
  async function chooseEngine(choice: EngineChoice): Promise<void> {
    const engineSetting = await api.chooseEngine(choice)
    if (status.value) status.value = { ...status.value, engineSetting }
  }

  return { status, project, engine, engineSetting, isConnected, shownPath, load, setProject, chooseEngine }
})
