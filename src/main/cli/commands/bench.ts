import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { Command } from 'commander'
import { z } from 'zod'
import { AppError } from '@shared/science/errors'
import type { EngineChoice, EngineName } from '@shared/contract/engine'
import { benches, settingNames, type Settings } from '@main/bench/benches'
import { describeMachine } from '@main/bench/machine'
import { markdownReport, textReport } from '@main/bench/report'
import { runBench, type Row } from '@main/bench/run'
import { chosenEngine, forcedEngine, parseEngine } from '@main/services/engine-choice'
import { engineOf, numberOption, parseOptions } from '../options'
import { createOutput } from '../output'

const count = z.number().int().positive()
const optionsSchema = z.object({
  repeats: count.max(1_000).optional(),
  sizePx: count.max(2_048).optional(),
  batch: count.max(4_096).optional(),
  galaxies: count.max(100_000_000).optional(),
  rows: count.max(100_000_000).optional(),
  epochs: count.max(10_000).optional(),
  samples: count.max(1_000).optional(),
  labels: count.max(100_000).optional(),
  keep: z.string().optional(),
  images: z.string().optional(),
  python: z.string().optional(),
  peer: z.boolean(),
  verbose: z.boolean().default(false),
  markdown: z.boolean().default(false),
})
type Options = z.output<typeof optionsSchema>

/** The exit status of what Ctrl+C stopped. */
const STOPPED = 130

const REPEATS = 5

const optionNames = { sizePx: 'size' }

/** `bench [NAME…]`: how fast this machine is at what the program does, beside the programs that do the same. */
export function addBenchCommand(program: Command): void {
  const list = Object.entries(benches).map(
    ([name, { about, isExtra }]) => `  ${name.padEnd(14)} ${about}${isExtra ? ' (only when named)' : ''}`,
  )
  const command = program
    .command('bench [names...]')
    .description('times what the program does all day, beside PyTorch, numpy, PIL and sqlite3 where Python has them')
    .option('--engines <names>', 'several engines in turn, with commas between them')
    .option('--repeats <n>', 'rounds that count; default 5, of bench ui 1', numberOption('repeats'))
    .option('--python <path>', 'the Python of the peers; default GALAXY_DESK_PYTHON, else python3')
    .option('--no-peer', 'only ours')
    .option('--images <dir>', 'real images instead of simulated ones')
    .option('--size <px>', 'side of the images that a network sees', numberOption('size'))
    .option('--keep <dir>', 'where the survey of bench ui stays for the next run, with its images')
    .option('--markdown', 'the table as it stands in docs/performance.md')
    .option('--verbose', 'show what the libraries print')
    .addHelpText('after', `\nBenches:\n${list.join('\n')}`)
  for (const name of ['batch', 'galaxies', 'rows', 'epochs', 'samples', 'labels']) {
    command.option(`--${name} <n>`, settingHelp(name as keyof Settings), numberOption(name))
  }
  command.action(async (names: string[], { engines, size, ...given }: Record<string, unknown>, called: Command) => {
    const options = parseOptions(optionsSchema, { ...given, sizePx: size }, optionNames)
    const chosen = chooseBenches(names)
    refuseUnused(chosen, options)
    const machine = describeMachine()
    if (machine.warning !== null) process.stderr.write(`${machine.warning}\n`)
    const rows = await runAll(chosen, enginesOf(engines as string | undefined, engineOf(called)), options)
    const report = options.markdown ? markdownReport : textReport
    createOutput(Boolean(called.optsWithGlobals().json)).result({ machine, rows }, report(machine, rows))
  })
}

function settingHelp(name: keyof Settings): string {
  const defaults = Object.entries(benches).flatMap(([bench, { settings }]) =>
    settings[name] === undefined ? [] : [`${bench} ${settings[name]}`],
  )
  return `default: ${defaults.join(', ')}`
}

/** Without a name all that have a peer. Throws `bench/unknown`. */
function chooseBenches(names: readonly string[]): string[] {
  const unknown = names.find((name) => !Object.hasOwn(benches, name))
  if (unknown !== undefined)
    throw new AppError('bench/unknown', `There is no bench "${unknown}"; there are ${Object.keys(benches).join(', ')}.`)
  return names.length > 0 ? [...new Set(names)] : Object.keys(benches).filter((name) => !benches[name]!.isExtra)
}

/** A setting that no chosen bench has would be passed over silently. */
function refuseUnused(chosen: readonly string[], options: Options): void {
  if (options.keep !== undefined && !chosen.some((bench) => benches[bench]!.canKeep))
    throw new AppError('option/unused', `--keep means nothing to bench ${chosen.join(' ')}. Leave it out.`)
  for (const name of settingNames) {
    if (options[name] === undefined || chosen.some((bench) => benches[bench]!.settings[name] !== undefined)) continue
    throw new AppError('option/unused', `--${name === 'sizePx' ? 'size' : name} means nothing to bench ${chosen.join(' ')}. Leave it out.`)
  }
}

/** Those named with `--engines`, else the one that every command would use: see [Note: Which engine]. */
function enginesOf(names: string | undefined, asked: EngineChoice | undefined): (EngineName | null)[] {
  const choices = names?.split(',').map((name) => parseEngine('--engines', name.trim())) ?? [chosenEngine(asked).choice]
  return choices.map(forcedEngine)
}

async function runAll(chosen: readonly string[], engines: readonly (EngineName | null)[], options: Options): Promise<Row[]> {
  const scratch = mkdtempSync(join(tmpdir(), 'galaxy-desk-bench-'))
  const stop = () => {
    rmSync(scratch, { recursive: true, force: true })
    process.exit(STOPPED)
  }
  process.once('SIGINT', stop).once('SIGTERM', stop)
  const context = {
    scratch,
    python: options.python ?? process.env.GALAXY_DESK_PYTHON ?? 'python3',
    withPeers: options.peer,
    imageFolder: options.images ?? null,
    isVerbose: options.verbose,
    onProgress: (text: string) => process.stderr.write(`${text}\n`),
  }
  try {
    const rows: Row[] = []
    for (const name of chosen) {
      const bench = benches[name]!
      for (const [at, engine] of (bench.usesEngine ? engines : [null]).entries()) {
        const folder = join(scratch, `${name}-${at}`)
        mkdirSync(folder)
        const repeats = options.repeats ?? bench.repeats ?? REPEATS
        const keep = bench.canKeep && options.keep !== undefined ? resolve(options.keep) : null
        const settings = { ...settingsOf(bench.settings, options), folder, engine, repeats, keep }
        const made = await runBench(bench, settings, context)
        // Tables of a million rows are large; nobody reads them again.
        rmSync(folder, { recursive: true, force: true })
        rows.push(...made)
      }
    }
    return rows
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
}

function settingsOf(defaults: Settings, options: Options): Required<Settings> {
  const all = { sizePx: 224, batch: 16, galaxies: 1, rows: 1, epochs: 1, samples: 1, labels: 1, ...defaults }
  for (const name of settingNames) if (defaults[name] !== undefined) all[name] = options[name] ?? defaults[name]
  return all
}
