import { computed, ref, watch } from 'vue'
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

/** The form of a new project. Its name follows the data that was chosen until the user types one. */
export function useNewProject(source: ProjectSource) {
  const projects = useProjectsStore()
  const typedName = ref<string | null>(source === 'sample' ? 'sample' : null)
  const folder = ref(projects.suggestedFolder)
  const tree = ref(projects.trees.find(({ id }) => id === 'gz2')?.id ?? projects.trees[0]?.id ?? '')
  const galaxies = ref(600)
  const seed = ref(1)
  const importDraft = ref(emptyImportDraft())

  const name = computed({
    get: () => typedName.value ?? baseName(importDraft.value.table || importDraft.value.images),
    set: (value) => (typedName.value = value),
  })
  const isNameGood = computed(() => isProjectName(name.value))
  const nameHint = computed(() =>
    name.value === '' || isNameGood.value ? '' : 'A name has no slashes, no * ? " < > | : and no spaces around it.',
  )
  const hasData = computed(() => source === 'sample' || importDraft.value[source === 'table' ? 'table' : 'images'] !== '')
  const isReady = computed(() => isNameGood.value && folder.value !== '' && hasData.value && (source === 'sample' || tree.value !== ''))

  // The list of projects may arrive after the form.
  watch(
    () => projects.suggestedFolder,
    (path) => {
      if (folder.value === '') folder.value = path
    },
  )

  /** Begins the project: the sample's job, or an empty project and the job that imports into it. */
  async function create(): Promise<void> {
    if (source === 'sample') {
      await projects.startSample(folder.value, name.value, galaxies.value, seed.value)
      return
    }
    await projects.create(folder.value, name.value, tree.value)
    await projects.startImport(toImportParams(importDraft.value))
  }

  return { name, nameHint, folder, tree, galaxies, seed, importDraft, isReady, create }
}
