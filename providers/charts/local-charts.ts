/** Charts on disk: packaged ones as they are, folders as their files, less what `.helmignore` names. */
import { readdir, readFile, realpath, stat } from 'node:fs/promises'
import { join, sep } from 'node:path'
import {
  type ChartFiles,
  ignoredBy,
  type LocalCharts,
  MAX_CHART_BYTES,
  MAX_CHART_FILES,
  MAX_PACKAGE_BYTES,
} from '../../lib/content/helm/index.ts'
import { messageOf, PlaceError } from '../../lib/errors.ts'

export function openLocalCharts(): LocalCharts {
  return {
    async read(path, signal) {
      try {
        const found = await stat(path)
        if (found.isDirectory()) return await readFolder(path, signal)
        if (found.size > MAX_PACKAGE_BYTES) throw tooLarge(path)
        return await readFile(path, { signal })
      } catch (cause) {
        signal.throwIfAborted()
        if (cause instanceof PlaceError) throw cause
        if (codeOf(cause) === 'ENOENT' || codeOf(cause) === 'ENOTDIR') return undefined
        throw new PlaceError(`cannot read the chart ${path}: ${messageOf(cause)}`, {
          cause,
          code: codeOf(cause),
        })
      }
    },
  }
}

async function readFolder(root: string, signal: AbortSignal): Promise<ChartFiles> {
  const paths = await pathsBelow(root, await realpath(root))
  const rules = paths.includes('.helmignore') ? await readFile(join(root, '.helmignore'), 'utf8') : ''
  const isIgnored = ignoredBy(rules)
  const files = new Map<string, Uint8Array>()
  let total = 0
  for (const path of paths.sort()) {
    if (isIgnored(path)) continue
    const bytes = await readFile(join(root, path), { signal })
    total += bytes.length
    if (total > MAX_CHART_BYTES) throw tooLarge(root)
    files.set(path, bytes)
  }
  return files
}

/** Files, with `/` between names. Helm follows links too; one that leads out of the chart is refused here. */
async function pathsBelow(root: string, real: string, folder = '', depth = 0): Promise<string[]> {
  const paths: string[] = []
  if (depth > MAX_DEPTH) throw tooLarge(root)
  for (const entry of await readdir(join(root, folder), { withFileTypes: true })) {
    if (entry.name === '.git') continue
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`
    if (entry.isSymbolicLink() && !(await realpath(join(root, path))).startsWith(`${real}${sep}`))
      throw new PlaceError(`cannot read the chart ${root}: ${path} is a link that leads out of it`, {
        hint: 'put the file itself there, or package the chart with `helm package`',
      })
    const isFolder = entry.isSymbolicLink()
      ? (await stat(join(root, path))).isDirectory()
      : entry.isDirectory()
    if (isFolder) paths.push(...(await pathsBelow(root, real, path, depth + 1)))
    else paths.push(path)
    if (paths.length > MAX_CHART_FILES) throw tooLarge(root)
  }
  return paths
}

/** Folders in each other; also what ends a circle of links. */
const MAX_DEPTH = 60

function tooLarge(path: string): PlaceError {
  return new PlaceError(`${path} is larger than any chart`, {
    hint: 'name the folder with Chart.yaml in it, and leave out with .helmignore what is no part of the chart',
  })
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined
}
