import { onScopeDispose, readonly, ref, type Ref } from 'vue'

/** Whether the window cannot be seen, minimised or behind another tab. */
export function useHidden(): Readonly<Ref<boolean>> {
  const isHidden = ref(document.hidden)
  const look = () => (isHidden.value = document.hidden)
  document.addEventListener('visibilitychange', look)
  onScopeDispose(() => document.removeEventListener('visibilitychange', look))
  return readonly(isHidden)
}
