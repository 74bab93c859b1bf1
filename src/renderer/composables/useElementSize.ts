import { onScopeDispose, ref, watch, type Ref } from 'vue'

/** The inner size of an element in CSS pixels, without scroll bars; 0 while there is none. */
export function useElementSize(element: Readonly<Ref<HTMLElement | null>>): { widthPx: Ref<number>; heightPx: Ref<number> } {
  const widthPx = ref(0)
  const heightPx = ref(0)
  const read = () => {
    widthPx.value = element.value?.clientWidth ?? 0
    heightPx.value = element.value?.clientHeight ?? 0
  }
  const observer = new ResizeObserver(read)
  watch(
    element,
    (now, before) => {
      if (before) observer.unobserve(before)
      if (now) observer.observe(now)
      read()
    },
    { immediate: true, flush: 'post' },
  )
  onScopeDispose(() => observer.disconnect())
  return { widthPx, heightPx }
}
