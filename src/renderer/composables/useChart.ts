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
/** The points stand at even steps under their labels or, where `xs` is given, at these values. */
export type LineChart = {
  labels: readonly string[]
  xs?: readonly number[]
  xTitle: string
  yTitle: string
  series: readonly LineSeries[]
  fromZero?: boolean
}

const token = (name: string) => getComputedStyle(document.documentElement).getPropertyValue(name).trim()

function configOf(chart: LineChart, isStill: boolean): ChartConfiguration<'line', (number | null)[], string | number> {
  const { labels, xs, xTitle, yTitle, series, fromZero = false } = chart
  const muted = token('--muted')
  const axis = (text: string) => ({
    title: { display: true, text, color: muted },
    ticks: { color: muted },
    grid: { color: token('--line') },
  })
  return {
    type: 'line',
    data: {
      labels: [...(xs ?? labels)],
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
      animation: isStill ? false : { duration: 200 },
      interaction: { mode: 'index', intersect: false },
      scales: {
        x: { ...axis(xTitle), type: xs ? 'linear' : 'category', beginAtZero: true },
        y: { ...axis(yTitle), beginAtZero: fromZero },
      },
      plugins: {
        tooltip: { callbacks: { title: ([first]) => (first ? labels[first.dataIndex] : '') } },
        legend: { labels: { color: token('--text'), usePointStyle: true, boxHeight: 6 } },
      },
    },
  }
}

/** Draws a line chart on a canvas and follows its data and the theme. */
export function useChart(canvas: Readonly<ShallowRef<HTMLCanvasElement | null>>, data: () => LineChart): void {
  const settings = useSettingsStore()
  let chart: Chart<'line', (number | null)[], string | number> | null = null

  onMounted(() => {
    if (canvas.value) chart = new Chart(canvas.value, configOf(data(), settings.isStill))
  })
  watch([data, () => settings.shownTheme, () => settings.isStill], () => {
    // Where the browser gives no context to draw in, there is no canvas.
    if (!chart?.canvas) return
    const config = configOf(data(), settings.isStill)
    chart.data = config.data
    chart.options = config.options!
    chart.update()
  })
  onUnmounted(() => chart?.destroy())
}
