import { resolve } from 'node:path'
import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'electron-vite'

const alias = { '@shared': resolve('src/shared'), '@main': resolve('src/main'), '@renderer': resolve('src/renderer') }
const entry = (path: string) => resolve(`src/main/${path}`)

export default defineConfig({
  main: {
    resolve: { alias },
    build: {
      // Of the bench alone, which says so where they are not installed; all dependencies of the product are left outside anyway.
      externalizeDeps: { include: ['playwright-core', '@sparticuz/chromium'] },
      rolldownOptions: {
        input: {
          index: entry('index.ts'),
          headless: entry('headless.ts'),
          cli: entry('cli/main.ts'),
          compute: entry('compute/entry.ts'),
          'catalogue-thread': entry('catalogue-thread/entry.ts'),
          'image-thread': entry('images/thread/entry.ts'),
          search: entry('search/entry.ts'),
          'score-thread': entry('compute/score/entry.ts'),
          bench: entry('bench/entry.ts'),
        },
      },
    },
  },
  preload: {
    resolve: { alias },
    build: { rolldownOptions: { input: resolve('src/preload/index.ts'), output: { format: 'cjs', entryFileNames: '[name].cjs' } } },
  },
  renderer: {
    root: 'src/renderer',
    resolve: { alias },
    plugins: [vue()],
    build: { rolldownOptions: { input: resolve('src/renderer/index.html') } },
  },
})
