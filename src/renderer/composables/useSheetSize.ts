import { computed, ref, watch } from 'vue'

const storageKey = 'galaxy-desk.sheet-columns'
const FEWEST = 2
const MOST = 14
const START = 6
/** At most so many rows for so many columns: about the shape of a screen. */
const ROWS_PER_COLUMN = 0.55

/** How many galaxies stand side by side on a sheet: fewer, larger ones or many small ones. Kept in the window. */
export function useSheetSize() {
  const kept = Number(localStorage.getItem(storageKey) ?? START)
  const columns = ref(within(Number.isInteger(kept) ? kept : START))
  const rows = computed(() => Math.max(1, Math.round(columns.value * ROWS_PER_COLUMN)))
  watch(columns, (now) => localStorage.setItem(storageKey, String(now)))
  const change = (by: 1 | -1) => (columns.value = within(columns.value + by))
  return { columns, rows, change }
}

const within = (columns: number): number => Math.min(MOST, Math.max(FEWEST, columns))
