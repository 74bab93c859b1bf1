import type { Job, JobKind } from '@shared/contract/job'

const titles: Record<JobKind, string> = {
  sample: 'Making the sample project',
  import: 'Importing galaxies',
  train: 'Training',
  predict: 'Predicting',
  acquire: 'Choosing galaxies',
  round: 'Training and choosing the next galaxies',
}

/** What a job does, in words. */
export const jobTitle = ({ job }: Job): string => titles[job.kind]
