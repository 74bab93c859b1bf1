import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { AppError } from '@shared/science/errors'
import { libraryNames, type SourceOptions, type TensorflowFiles } from './files'
import { lastLines, runCommand } from './run-command'

const pythonAnswerSchema = z.object({ folder: z.string(), package: z.string(), version: z.string() })
const ASK_PYTHON = `
import importlib.util, importlib.metadata, json
spec = importlib.util.find_spec('tensorflow')
folder = list(spec.submodule_search_locations or [])[0] if spec else None
for package in ('tensorflow', 'tensorflow-cpu', 'tensorflow-intel'):
    try:
        version = importlib.metadata.version(package)
        break
    except importlib.metadata.PackageNotFoundError:
        package = version = ''
print(json.dumps(dict(folder=folder, package=package, version=version)) if folder else '')
`

/**
 * A TensorFlow that is installed in Python, used where it lies: no second copy of 850 MB, and its own search path finds the CUDA libraries
 * that pip put beside it. The price is that it must stay; the manifest remembers the sizes, so that a change is told instead of crashing.
 * Asks Python where it is without importing it. Errors: `engine/no-python`, `engine/no-tensorflow`.
 */
export async function fromPython(python: string, { signal }: SourceOptions): Promise<TensorflowFiles> {
  const result = await runCommand(python, ['-c', ASK_PYTHON], { signal, timeoutMs: 60_000 })
  if (result === null)
    throw new AppError('engine/no-python', `There is no program ${python}. Give --python the path of a Python that has TensorFlow.`)
  if (result.exitCode !== 0) throw new AppError('engine/no-python', `${python} did not answer as Python does: ${lastLines(result.stderr)}`)
  if (result.stdout.trim() === '') {
    throw new AppError(
      'engine/no-tensorflow',
      `${python} has no TensorFlow. Install tensorflow or tensorflow-cpu there, or leave --python out to fetch one.`,
    )
  }
  const found = pythonAnswerSchema.parse(JSON.parse(result.stdout))
  for (const name of [...libraryNames, 'include/tensorflow/c/c_api.h']) {
    await stat(join(found.folder, name)).catch((cause: unknown) => {
      const message = `The TensorFlow of ${python} has no ${name}. One installed by pip has it; leave --python out to fetch such a one.`
      throw new AppError('engine/no-tensorflow', message, { cause })
    })
  }
  return found
}
