import { ref, shallowRef, watch } from 'vue'
import { useStatusStore } from '../stores/status'
import type { LabelFlow, Looked } from './useLabelFlow'

/** A note while it is written. It stays one of the galaxy that was on screen when it was begun, whichever comes on screen meanwhile. */
export function useNote(flow: LabelFlow) {
  const status = useStatusStore()
  const about = shallowRef<Looked | null>(null)
  const text = ref('')
  const isSaving = ref(false)
  /** How often the field was asked for. */
  const asked = ref(0)

  function begin(): void {
    about.value ??= flow.looked()
    asked.value++
  }
  function leave(): void {
    about.value = null
    text.value = ''
  }

  /** The text stays until it is in the log. */
  async function save(): Promise<void> {
    const note = text.value.trim()
    if (!about.value || note === '' || isSaving.value) return
    isSaving.value = true
    try {
      if (await flow.note(note, about.value)) leave()
    } finally {
      isSaving.value = false
    }
  }
  watch(() => status.project?.path, leave)

  return { about, text, isSaving, asked, begin, leave, save }
}

export type NoteInHand = ReturnType<typeof useNote>
