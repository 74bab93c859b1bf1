import { defineStore } from 'pinia'
import { ref } from 'vue'

/** Whether the map of all keys is on screen; every view can show it. */
export const useKeyMapStore = defineStore('key-map', () => {
  const isShown = ref(false)
  return { isShown, show: () => (isShown.value = true), hide: () => (isShown.value = false) }
})
