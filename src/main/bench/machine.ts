import { readFileSync } from 'node:fs'
import { availableParallelism, cpus, loadavg, totalmem } from 'node:os'
import { programVersion } from '@main/services/version'

const GIB = 2 ** 30
/** Above this something else computes: half of two cores is gone. */
const BUSY = 1

/** What figures were measured on. `flags`: the vector instructions that decide speed; empty where the system does not tell. */
export type Machine = {
  processor: string
  cores: number
  memoryGib: number
  flags: string[]
  system: string
  node: string
  galaxyDesk: string
  /** Mean number of running processes over the last minute when the bench began; 0 on Windows, which does not tell. */
  load: number
  date: string
  warning: string | null
}

export function describeMachine(): Machine {
  const load = Math.round(loadavg()[0]! * 100) / 100
  return {
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memoryGib: Math.round((totalmem() / GIB) * 10) / 10,
    flags: vectorFlags(),
    system: `${process.platform} ${process.arch}`,
    node: process.versions.node,
    galaxyDesk: programVersion(),
    load,
    date: new Date().toISOString().slice(0, 10),
    warning:
      load > BUSY ? `The load was ${load} when the bench began: other programs were computing, and the times are not to be trusted.` : null,
  }
}

/** One line for people. */
export function machineLine({ processor, cores, memoryGib, flags, system, node, galaxyDesk, load, date }: Machine): string {
  const vectors = flags.length > 0 ? ` (${flags.join(', ')})` : ''
  return `${date}: ${processor}${vectors}, ${cores} cores, ${memoryGib} GiB, ${system}, Node ${node}, Galaxy Desk ${galaxyDesk}, load ${load}`
}

function vectorFlags(): string[] {
  if (process.platform !== 'linux') return []
  const text = readFileSync('/proc/cpuinfo', 'utf8')
  const has = new Set((/^(?:flags|Features)\s*:\s*(.*)$/m.exec(text)?.[1] ?? '').split(' '))
  const shown = { avx2: 'AVX2', avx512f: 'AVX-512', amx_tile: 'AMX', asimd: 'NEON', sve: 'SVE' }
  return Object.entries(shown).flatMap(([flag, title]) => (has.has(flag) ? [title] : []))
}
