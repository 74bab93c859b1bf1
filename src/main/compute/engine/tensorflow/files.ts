import { AppError } from '@shared/science/errors'

/** A native TensorFlow to build on: `folder` holds the two libraries and `include/`, as a wheel lays them out. */
export type TensorflowFiles = { folder: string; version: string; package: string }

export type Progress = (message: string) => void
export type SourceOptions = { onProgress: Progress; signal?: AbortSignal | undefined }

export const libraryNames = ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2'] as const

export const diskFull = (cause?: unknown) =>
  new AppError('engine/disk-full', 'The disk is full. Free some space, or set GALAXY_DESK_CACHE to a folder on another disk.', { cause })
