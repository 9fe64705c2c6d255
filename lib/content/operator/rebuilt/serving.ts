/**
 * The config of a catalog's image -> the config under which it serves other documents, and what of the image has to be
 * hidden for that: the documents it had, the database it had, and the cache that was made of them.
 *
 * A cache that does not fit its documents keeps a catalog from starting. The program makes a new one in a folder of its own
 * when it is not told of any, so the argument goes, wherever it stands (oc-mirror v2: the command is replaced).
 */
import { isRecord } from '../../../oci/json.ts'
import type { JsonObject } from '../../image-build/index.ts'
import { entryPath } from '../../image-files/entry-path.ts'

/** Where the documents of a made catalog are, without slashes. */
export const CONFIGS = 'configs'
const CONFIGS_LABEL = 'operators.operatorframework.io.index.configs.v1'
const DATABASE_LABEL = 'operators.operatorframework.io.index.database.v1'
const COMMAND = ['serve', `/${CONFIGS}`] as const
/** With these the arguments of the program begin: they are the command's now. */
const SUBCOMMANDS: ReadonlySet<string> = new Set(['serve', 'registry'])
/** Folders for everybody's files: a cache that is said to be one of them is not hidden with all they hold. */
const SHARED_FOLDERS: ReadonlySet<string> = new Set(['tmp', 'var/tmp'])

export function servingConfig(config: JsonObject): JsonObject {
  const before = settingsOf(config)
  const { [DATABASE_LABEL]: _, ...labels } = isRecord(before.Labels) ? before.Labels : {}
  return {
    ...config,
    config: {
      ...before,
      ...(Array.isArray(before.Entrypoint) && { Entrypoint: programOf(textsIn(before.Entrypoint)) }),
      Cmd: [...COMMAND],
      Labels: { ...labels, [CONFIGS_LABEL]: `/${CONFIGS}` },
    },
  }
}

/** Paths in the image, without slashes at their ends, none below another; sorted. */
export function hiddenPaths(configs: readonly JsonObject[]): readonly string[] {
  const paths = new Set([CONFIGS])
  for (const settings of configs.map(settingsOf)) {
    const labels = isRecord(settings.Labels) ? settings.Labels : {}
    const named = [labels[CONFIGS_LABEL], labels[DATABASE_LABEL], ...cacheFolders(settings)]
    for (const text of named) {
      const path = typeof text === 'string' ? entryPath(text) : undefined
      if (path && !SHARED_FOLDERS.has(path)) paths.add(path)
    }
  }
  return [...paths].filter(path => !isBelow(path, paths)).sort()
}

function settingsOf(config: JsonObject): JsonObject {
  return isRecord(config.config) ? config.config : {}
}

function cacheFolders(settings: JsonObject): readonly string[] {
  const words = [...textsIn(settings.Entrypoint), ...textsIn(settings.Cmd)]
  return words.flatMap((word, at) => {
    if (word === '--cache-dir') return words[at + 1] ?? []
    return word.startsWith('--cache-dir=') ? word.slice('--cache-dir='.length) : []
  })
}

/** The entry point up to what it serves. */
function programOf(words: readonly string[]): readonly string[] {
  const end = words.findIndex(
    (word, at) => at > 0 && (SUBCOMMANDS.has(word) || word.startsWith('--cache-dir')),
  )
  return end < 0 ? words : words.slice(0, end)
}

function textsIn(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter(word => typeof word === 'string') : []
}

function isBelow(path: string, paths: ReadonlySet<string>): boolean {
  for (let slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', slash + 1))
    if (paths.has(path.slice(0, slash))) return true
  return false
}
