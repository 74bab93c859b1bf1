import type { Command } from 'commander'
import { AppError } from '@shared/science/errors'
import type { Job } from '@shared/contract/job'
import { checkCatalogue } from '@main/catalogue/check'
import { formatTable } from '../output'
import { withDesk } from '../session'

/** Commands that look after a project: check, jobs. */
export function addUpkeepCommands(program: Command): void {
  program
    .command('check <dir>')
    .description('looks through the whole project: catalogue, blobs, images')
    .action(
      withDesk(async ({ desk, output }, dir: string) => {
        await desk.open(dir)
        const findings = await checkCatalogue(desk.project().db)
        output.result({ findings }, findings.length === 0 ? ['All is well.'] : findings.map(({ code, message }) => `${code}: ${message}`))
        if (findings.length > 0) process.exitCode = 1
      }),
    )
  program
    .command('jobs <dir>')
    .description('what was run, and what was interrupted')
    .option('--resume [id]', 'goes on with a stopped job; without an id: the latest')
    .action(
      withDesk(async ({ desk, output, follow }, dir: string, { resume }: { resume?: string | true }) => {
        await desk.open(dir)
        const { runner } = desk.project()
        if (resume !== undefined) {
          const id = resume === true ? latestStopped(runner.list()).id : resume
          await follow(() => runner.resume(id))
        }
        const jobs = runner.list()
        output.result({ jobs }, formatTable([['job', 'kind', 'state', 'model', 'created'], ...jobs.map(describe)]))
      }),
    )
}

function latestStopped(jobs: readonly Job[]): Job {
  const job = jobs.find(({ state }) => state === 'interrupted' || state === 'cancelled' || state === 'failed')
  if (job) return job
  throw new AppError('job/none-stopped', 'No job of this project was interrupted, cancelled or failed.')
}

function describe({ id, job, state, modelId, createdAt }: Job): string[] {
  return [id, job.kind, state, modelId ?? '-', createdAt]
}
