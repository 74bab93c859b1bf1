import {
  CategoryScale,
  Chart,
  Legend,
  LinearScale,
  LineController,
  LineElement,
  PointElement,
  Tooltip,
  type ChartConfiguration,
} from 'chart.js'
import { onMounted, onUnmounted, watch, type ShallowRef } from 'vue'
import { useSettingsStore } from '../stores/settings'

Chart.register(CategoryScale, Legend, LinearScale, LineController, LineElement, PointElement, Tooltip)

export type LineSeries = { label: string; values: readonly (number | null)[]; color: 1 | 2 | 3; isDashed?: boolean }
export type LineChart = { labels: readonly string[]; xTitle: string; yTitle: string; series: readonly LineSeries[]; fromZero?: boolean }

const token = (name: string) => getComputedStyle(document.documentElement).getPropertyValue(name).trim()
const prefersStillness = () => window.matchMedia('(prefers-reduced-motion: reduce)').matches

function configOf({ labels, xTitle, yTitle, series, fromZero = false }: LineChart): ChartConfiguration<'line', (number | null)[], string> {
  const muted = token('--muted')
  const axis = (text: string) => ({
    title: { display: true, text, color: muted },
    ticks: { color: muted },
    grid: { color: token('--line') },
  })
  return {
    type: 'line',
    data: {
      labels: [...labels],
      datasets: series.map(({ label, values, color, isDashed }) => ({
        label,
        data: [...values],
        borderColor: token(`--series-${color}`),
        backgroundColor: token(`--series-${color}`),
        borderWidth: 2,
        borderDash: isDashed ? [6, 4] : [],
        // One value makes no line: it is shown as a dash of its own.
        pointRadius: !isDashed ? 3 : values.length > 1 ? 0 : 12,
        pointStyle: isDashed ? 'line' : color === 2 ? 'rectRot' : 'circle',
        spanGaps: true,
      })),
    },
    options: {
      responsive: true,
      maintainAspectRatio: false,
      animation: prefersStillness() ? false : { duration: 200 },
      interaction: { mode: 'index', intersect: false },
      scales: { x: axis(xTitle), y: { ...axis(yTitle), beginAtZero: fromZero } },
      plugins: { legend: { labels: { color: token('--text'), usePointStyle: true, boxHeight: 6 } } },
    },
  }
}

/** Draws a line chart on a canvas and follows its data and the theme. */
export function useChart(canvas: Readonly<ShallowRef<HTMLCanvasElement | null>>, data: () => LineChart): void {
  const settings = useSettingsStore()
  let chart: Chart<'line', (number | null)[], string> | null = null

  onMounted(() => {
    if (canvas.value) chart = new Chart(canvas.value, configOf(data()))
  })
  watch([data, () => settings.shownTheme], () => {
    if (!chart) return
    const config = configOf(data())
    chart.data = config.data
    chart.options = config.options!
    chart.update()
  })
  onUnmounted(() => chart?.destroy())
}
