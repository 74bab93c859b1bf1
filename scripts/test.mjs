/** `npm test`: build, types, lint, unit and integration tests, browser journeys. Stops at nothing, reports everything, exits 1 if any failed. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { hasNewNode, runWithNewNode } from '../bin/node-guard.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const reports = mkdtempSync(join(tmpdir(), 'galaxy-desk-test-'))
const total = { passed: 0, failed: 0, skipped: 0 }
/** What to read first where the log is long: each test that failed, with the beginning of its message. */
const failures = []
const MESSAGE_LINES = 12

function run(name, command, args) {
  const startedAt = Date.now()
  const { status } = spawnSync(command, args, { cwd: root, stdio: 'inherit', shell: false })
  console.log(`${status === 0 ? 'passed' : 'FAILED'}: ${name} (${((Date.now() - startedAt) / 1000).toFixed(0)} s)`)
  return status === 0
}

function step(name, script) {
  total[run(name, process.execPath, script) ? 'passed' : 'failed'] += 1
}

function tests(project) {
  const report = join(reports, `${project}.json`)
  const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs')
  const isGood = run(`${project} tests`, process.execPath, [
    vitest,
    'run',
    '--project',
    project,
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${report}`,
  ])
  try {
    const { numPassedTests, numFailedTests, numPendingTests, testResults } = JSON.parse(readFileSync(report, 'utf8'))
    total.passed += numPassedTests
    total.skipped += numPendingTests
    failures.push(...testResults.flatMap(failuresOf))
    // A suite that broke before its first test has failed without a failed test.
    total.failed += isGood ? 0 : Math.max(numFailedTests, 1)
  } catch {
    total.failed += 1
  }
}

function failuresOf({ name, message, assertionResults }) {
  const failed = assertionResults.filter(({ status }) => status === 'failed')
  if (failed.length === 0) return message ? [`${name}: ${beginningOf(message)}`] : []
  return failed.map(({ fullName, failureMessages }) => `${name}: ${fullName}: ${beginningOf(failureMessages.join('\n'))}`)
}

const beginningOf = (message) => message.split('\n').slice(0, MESSAGE_LINES).join('\n')

function main() {
  step('build', [join(root, 'scripts', 'build.mjs')])
  for (const name of ['science', 'node'])
    step(`types of ${name}`, [join(root, 'node_modules', 'typescript', 'bin', 'tsc'), '--noEmit', '-p', `tsconfig.${name}.json`])
  step('types of the window', [join(root, 'node_modules', 'vue-tsc', 'bin', 'vue-tsc.js'), '--noEmit', '-p', 'tsconfig.web.json'])
  step('lint', [join(root, 'node_modules', 'eslint', 'bin', 'eslint.js'), '.'])
  tests('unit')
  tests('e2e')
  for (const failure of failures) console.log(`\nFAILED ${failure}`)
  console.log(`\n${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`)
  process.exit(total.failed === 0 ? 0 : 1)
}

if (!hasNewNode()) runWithNewNode(fileURLToPath(import.meta.url))
else main()
