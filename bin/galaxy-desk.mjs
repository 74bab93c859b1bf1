#!/usr/bin/env node
import { fileURLToPath } from 'node:url'
import { hasNewNode, runWithNewNode } from './node-guard.mjs'

if (!hasNewNode()) runWithNewNode(fileURLToPath(import.meta.url))
else {
  const { buildIfStale } = await import('../scripts/build.mjs')
  await buildIfStale()
  await import('../out/main/cli.js')
}
