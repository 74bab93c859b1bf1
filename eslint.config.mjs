import vue from 'eslint-plugin-vue'
import tseslint from 'typescript-eslint'
import vueParser from 'vue-eslint-parser'

/** One layer: the files, and what they may not import. The rule of docs/architecture.md, checked. */
const layer = (files, ...forbidden) => ({
  files,
  rules: { '@typescript-eslint/no-restricted-imports': ['error', { patterns: forbidden }] },
})
const because = (message, ...group) => ({ group, message })
const electron = because('Only src/main/index.ts, src/main/shell/ and src/preload/ touch Electron.', 'electron', 'electron/*')
const node = because('No Node here: this code also runs in the window.', 'node:*')
const tensorflow = because('TensorFlow lives in src/main/compute.', '@tensorflow/*')
/** Parts of the engine that start processes or install files, and touch no TensorFlow themselves. */
const withoutTensorflow = ['!@main/compute/engine', '!@main/compute/engine/inspect', '!@main/compute/engine/tensorflow', '!@main/compute/engine/tensorflow/install']
const folders = (...names) => because('Imports point at shared/science: see docs/architecture.md.', ...names)

/** Of the engines, the main process may install and inspect them: both leave TensorFlow to other processes. */
const engineParts = [
  ...['@main/compute/engine/*', '!@main/compute/engine/inspect', '!@main/compute/engine/tensorflow'],
  ...['@main/compute/engine/tensorflow/*', '!@main/compute/engine/tensorflow/install'],
]

export default tseslint.config(
  { ignores: ['out/', 'node_modules/', 'src/main/compute/engine/wasm/kernels/', 'src/main/compute/score/kernels/', 'src/main/compute/training/kernels/'] },
  { files: ['**/*.ts'], extends: [tseslint.configs.strict, tseslint.configs.stylistic] },
  ...vue.configs['flat/recommended'].map((config) => ({ ...config, files: ['src/renderer/**/*.vue'] })),
  { files: ['src/renderer/**/*.vue'], extends: [tseslint.configs.strict], languageOptions: { parser: vueParser, parserOptions: { parser: tseslint.parser } } },
  {
    files: ['**/*.ts', '**/*.vue'],
    rules: {
      '@typescript-eslint/consistent-type-definitions': ['error', 'type'],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-non-null-assertion': 'off',
      'no-restricted-syntax': ['error', { selector: 'TSEnumDeclaration', message: 'A union of strings instead.' }],
      'no-console': 'error',
      eqeqeq: 'error',
    },
  },
  // Prettier owns the layout of templates; these would fight it.
  { files: ['**/*.vue'], rules: { 'vue/max-attributes-per-line': 'off', 'vue/singleline-html-element-content-newline': 'off', 'vue/html-self-closing': 'off', 'vue/html-indent': 'off', 'vue/html-closing-bracket-newline': 'off', 'vue/multiline-html-element-content-newline': 'off' } },
  { files: ['test/**/*.ts', 'src/main/cli/**/*.ts', 'src/main/headless.ts', 'src/main/index.ts'], rules: { 'no-console': 'off' } },
  layer(['src/shared/science/**/*.ts'], electron, node, tensorflow, folders('**/contract/**', '@main/**', '@renderer/**', '**/preload/**')),
  layer(['src/shared/contract/**/*.ts'], electron, node, tensorflow, folders('@main/**', '@renderer/**', '**/preload/**')),
  layer(['src/main/!(compute|shell)/**/*.ts', 'src/main/headless.ts'], electron, tensorflow, folders('@renderer/**', '**/preload/**', ...engineParts, '@main/compute/model/**', '@main/compute/training/**', '@main/compute/ops/**')),
  // Our side of a bench is a process of its own, as compute is.
  layer(['src/main/bench/entry.ts', 'src/main/bench/scenarios/**/*.ts'], electron, folders('@renderer/**', '**/preload/**', '@main/api/**', '@main/cli/**')),
  layer(['src/main/compute/**/*.ts'], electron, folders('@renderer/**', '**/preload/**', '@main/api/**', '@main/cli/**')),
  layer(['src/preload/**/*.ts'], node, tensorflow, folders('@main/**', '@renderer/**')),
  layer(['src/renderer/**/*.ts', 'src/renderer/**/*.vue'], electron, node, tensorflow, folders('@main/**', '**/preload/**')),
)
