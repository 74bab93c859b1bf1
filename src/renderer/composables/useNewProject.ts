import { computed, ref, type WritableComputedRef } from 'vue'
import { emptyImportDraft, toImportParams } from '../import-draft'
import { isProjectName } from '../project-path'
import { useProjectsStore } from '../stores/projects'

export type ProjectSource = 'sample' | 'folder' | 'table'

/** The last part of a path, without its ending. */
export const baseName = (path: string): string =>
  path
    .split(/[\\/]/)
    .findLast((part) => part !== '')
    ?.replace(/\.[^.]+$/, '') ?? ''

/** A field that shows what is suggested, which may arrive after the form, until the user sets it. */
function suggested(suggestion: () => string): WritableComputedRef<string> {
  const given = ref<string | null>(null)
  return computed({ get: () => given.value ?? suggestion(), set: (value) => (given.value = value) })
}

/** The form of a new project. Its name follows the data that was chosen until the user types one. */
export function useNewProject(source: ProjectSource) {
  const projects = useProjectsStore()
  const folder = suggested(() => projects.suggestedFolder)
  const tree = suggested(() => projects.trees.find(({ id }) => id === 'gz2')?.id ?? projects.trees[0]?.id ?? '')
  const galaxies = ref(600)
  const seed = ref(1)
  const importDraft = ref(emptyImportDraft())
  const name = suggested(() => (source === 'sample' ? 'sample' : baseName(importDraft.value.table || importDraft.value.images)))
  const isNameGood = computed(() => isProjectName(name.value))
  const nameHint = computed(() =>
    name.value === '' || isNameGood.value ? '' : 'A name has no slashes, no * ? " < > | : and no spaces around it.',
  )
  const hasData = computed(() => source === 'sample' || importDraft.value[source === 'table' ? 'table' : 'images'] !== '')
  const isReady = computed(() => isNameGood.value && folder.value !== '' && hasData.value && (source === 'sample' || tree.value !== ''))

  /** Begins the project: the sample's job, or an empty project and the job that imports into it. */
  async function create(): Promise<void> {
    if (source === 'sample') {
      await projects.startSample(folder.value, name.value, galaxies.value, seed.value)
      return
    }
    const project = await projects.create(folder.value, name.value, tree.value)
    await projects.startImport(toImportParams(importDraft.value), project)
  }

  return { name, nameHint, folder, tree, galaxies, seed, importDraft, isReady, create }
}
