import { AppError } from '@shared/science/errors'
import type { LoadedEngine } from '../loader'

export async function loadTensorflow(): Promise<LoadedEngine> {
  throw new AppError('engine/not-installed', 'TensorFlow is not installed for Galaxy Desk. Run `galaxy-desk engine install`.')
}
