/** @file Which graphics card the engine webgpu computes on. */
import { existsSync, readdirSync } from 'node:fs'
import { AppError } from '@shared/science/errors'

/**
 * What a WebGPU adapter calls itself where a processor plays the graphics card: SwiftShader, Mesa's llvmpipe and lavapipe, Windows' WARP.
 * Their results are right, about 100 times slower than the engine wasm.
 */
const SOFTWARE = /swiftshader|llvmpipe|lavapipe|softpipe|software|basic render|\bwarp\b/i

/** For checks on machines without a card: see docs/cli.md. */
export function isSoftwareAllowed(): boolean {
  return process.env.GALAXY_DESK_WEBGPU_SOFTWARE === '1'
}

/** The adapter's own name for people, such as `NVIDIA H100 PCIe`. */
export function adapterName({ description, device, vendor, architecture }: GPUAdapterInfo): string {
  return description || device || [vendor, architecture].filter((part) => part !== '').join(' ') || 'unnamed'
}

/** Whether a processor plays the graphics card. */
export function isSoftware(info: GPUAdapterInfo): boolean {
  return info.isFallbackAdapter || [info.vendor, info.architecture, info.device, info.description].some((text) => SOFTWARE.test(text))
}

/**
 * The fastest adapter. Throws `engine/no-adapter` where there is none, and `engine/software-adapter`, with its name, where it is a processor
 * and that was not asked for.
 */
export async function chooseAdapter(gpu: GPU): Promise<GPUAdapter> {
  const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' })
  if (adapter === null) throw noAdapter()
  if (isSoftware(adapter.info) && !isSoftwareAllowed()) {
    throw new AppError(
      'engine/software-adapter',
      `The only graphics adapter is software (${adapterName(adapter.info)}), about 100 times slower than the engine wasm. ` +
        'If this machine has a graphics card, install its own driver.',
    )
  }
  return adapter
}

/**
 * Throws `engine/no-adapter` where no driver of a graphics card is loaded, so that WebGPU need not be started to find none: it would also
 * complain on standard error at each start. Only Linux tells without being asked.
 */
export function requireCard(): void {
  if (process.platform === 'linux' && !isSoftwareAllowed() && !hasCardDevice()) throw noAdapter()
}

/** The kernel's device files of a graphics card: any card's renderer, NVIDIA's own (as in containers), and that of Linux under Windows. */
function hasCardDevice(): boolean {
  const renderers = existsSync('/dev/dri') ? readdirSync('/dev/dri').filter((name) => name.startsWith('renderD')) : []
  return renderers.length > 0 || existsSync('/dev/nvidiactl') || existsSync('/dev/dxg')
}

function noAdapter(): AppError {
  const drivers: Partial<Record<NodeJS.Platform, string>> = {
    linux: "If there is one, install its driver with Vulkan (and the system's libvulkan1), then look again with `galaxy-desk doctor`.",
    win32: 'If there is one, install its driver with Direct3D 12.',
  }
  return new AppError('engine/no-adapter', `No graphics card can be used here. ${drivers[process.platform] ?? ''}`.trim())
}
