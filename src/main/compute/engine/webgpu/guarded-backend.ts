import type { BackendValues } from '@tensorflow/tfjs-core'
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu'
import { AppError } from '@shared/science/errors'

type Backend = typeof WebGPUBackend
type AcquireBuffer = WebGPUBackend['bufferManager']['acquireBuffer']

const GIB = 1024 ** 3

/**
 * TensorFlow.js's backend on a device, with the errors of the device made errors of the program.
 *
 * [Note: Errors of a graphics card] WebGPU never throws for what goes wrong on the device: it tells of it in an event, goes on, and gives
 * zeros. A buffer that could not be had is told of at once, before `createBuffer` returns, and becomes `engine/out-of-memory` there, before
 * anything was computed with it. All else is thrown at the next reading of numbers, and no result leaves the device without one:
 * `engine/device-lost` when the card or its driver is gone, a plain error where a kernel was wrong.
 */
export function createGuardedBackend(Backend: Backend, device: GPUDevice, info: GPUAdapterInfo): WebGPUBackend {
  let refused: GPUError | null = null
  let lost: GPUDeviceLostInfo | null = null
  device.addEventListener('uncapturederror', (event) => {
    // Not also on standard error.
    event.preventDefault()
    refused ??= (event as GPUUncapturedErrorEvent).error
  })
  void device.lost.then((reason) => (lost = reason))

  const throwIfBroken = () => {
    if (lost !== null) throw deviceLost(lost)
    if (refused === null) return
    const { message } = refused
    refused = null
    throw new Error(`the graphics card refused a command: ${message}`)
  }

  class GuardedBackend extends Backend {
    override async read(dataId: object): Promise<BackendValues> {
      // Before, or the fault of an earlier command would be taken for one of this reading.
      throwIfBroken()
      try {
        const values = await super.read(dataId)
        throwIfBroken()
        return values
      } catch (error) {
        // Reading from a lost device fails in words of its own, maybe before the loss is told.
        await Promise.resolve()
        throwIfBroken()
        throw error
      }
    }

    /** Of a tensor whose numbers never left the processor. A graphics card is read asynchronously only. */
    override readSync(dataId: object): BackendValues {
      const held = this.tensorMap.get(dataId)
      if (held.values === null || held.values === undefined)
        throw new Error('on the engine webgpu numbers are read with `await tensor.data()`, never with dataSync')
      return super.readSync(dataId)
    }
  }

  const backend = new GuardedBackend(device, info)
  const manager = backend.bufferManager
  const acquire: AcquireBuffer = manager.acquireBuffer.bind(manager)
  const most = Math.min(device.limits.maxBufferSize, device.limits.maxStorageBufferBindingSize)
  const acquireOrRefuse: AcquireBuffer = (size, ...rest) => {
    if (size > most) throw outOfMemory(`one tensor of ${(size / GIB).toFixed(1)} GiB, where ${(most / GIB).toFixed(1)} are the most`)
    throwIfBroken()
    const buffer = acquire(size, ...rest)
    if (refused === null) return buffer
    // What is kept for buffers of other sizes may be all that is missing.
    forget(manager, buffer)
    refused = null
    releaseUnused(manager)
    const second = acquire(size, ...rest)
    if (refused === null) return second
    forget(manager, second)
    const { message } = refused as GPUError
    refused = null
    throw outOfMemory(`${(manager.numBytesAllocated / GIB).toFixed(1)} GiB are in use: ${firstLine(message)}`)
  }
  manager.acquireBuffer = acquireOrRefuse
  return backend
}

type BufferManager = WebGPUBackend['bufferManager']
/** Its own lists of buffers, by size and usage. */
type Lists = { freeBuffers: Map<string, GPUBuffer[]>; numFreeBuffers: number }

/** Takes a buffer that never was one out of the accounts, without keeping it for another tensor. */
function forget(manager: BufferManager, buffer: GPUBuffer): void {
  manager.releaseBuffer(buffer, false)
}

/** Gives back to the device what is kept for tensors to come. */
function releaseUnused(manager: BufferManager): void {
  const lists = manager as unknown as Lists
  for (const buffers of lists.freeBuffers.values()) {
    for (const buffer of buffers.splice(0)) {
      manager.numBytesAllocated -= buffer.size
      buffer.destroy()
    }
  }
  lists.numFreeBuffers = 0
}

function outOfMemory(what: string): AppError {
  return new AppError(
    'engine/out-of-memory',
    `The graphics card has not enough memory (${what}). Take a smaller batch or smaller images (--batch, --size), ` +
      'close other programs that use the card, or take another engine (--engine).',
  )
}

function deviceLost({ message }: GPUDeviceLostInfo): AppError {
  return new AppError(
    'engine/device-lost',
    `The graphics card stopped answering (${firstLine(message)}). What was saved is not lost: resume the job. ` +
      'If it happens again, update the driver of the card or take another engine (--engine).',
  )
}

const firstLine = (text: string) => text.split('\n')[0]!.trim()
