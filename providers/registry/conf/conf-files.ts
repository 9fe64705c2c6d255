/**
 * Finds the files of registries.conf and lays them over each other.
 *
 * A file that was named (by option, or by CONTAINERS_REGISTRIES_CONF) stands alone, with the `.d` folder beside it or
 * the one that CONTAINERS_REGISTRIES_CONF_DIR names. Else the user's file, with the user's folder; else the system's,
 * with the system's folder and then the user's. Later files replace entries with the same prefix
 * (containers-registries.conf.d(5)).
 */
import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { messageOf } from '../../../lib/errors.ts'
import { compareText } from '../../../lib/target.ts'
import { parseRegistriesConf, RegistriesConfError, type RegistryEntry } from './registries-conf.ts'

export interface ConfPlaces {
  readonly registriesConf?: string | undefined
  readonly env: NodeJS.ProcessEnv
  readonly home: string
}

export interface RegistriesConf {
  readonly entries: readonly RegistryEntry[]
  readonly credentialHelpers: readonly string[]
}

const SYSTEM_FOLDER = '/etc/containers'

/** @throws RegistriesConfError */
export async function loadRegistriesConf(places: ConfPlaces): Promise<RegistriesConf> {
  const entries = new Map<string, RegistryEntry>()
  let credentialHelpers: readonly string[] = []
  for (const { file, text } of await readFiles(places)) {
    const parsed = parseRegistriesConf(text, file)
    for (const entry of parsed.entries) entries.set(entry.prefix, entry)
    credentialHelpers = parsed.credentialHelpers ?? credentialHelpers
  }
  return { entries: [...entries.values()], credentialHelpers }
}

const GIVEN = 'registriesConf of the target in the kind: Mirror file'

interface TextFile {
  readonly file: string
  readonly text: string
}

async function readFiles({ registriesConf, env, home }: ConfPlaces): Promise<readonly TextFile[]> {
  const named = registriesConf || env.CONTAINERS_REGISTRIES_CONF
  if (named) {
    const main = await readText(named)
    if (main === undefined)
      throw new RegistriesConfError(`there is no ${named}`, {
        hint: `it is named by ${registriesConf ? GIVEN : 'CONTAINERS_REGISTRIES_CONF'}`,
      })
    return [main, ...(await readFolder(env.CONTAINERS_REGISTRIES_CONF_DIR || `${named}.d`))]
  }
  const userFolder = path.join(env.XDG_CONFIG_HOME || path.join(home, '.config'), 'containers')
  const own = await readText(path.join(userFolder, 'registries.conf'))
  const ownDropIns = await readFolder(path.join(userFolder, 'registries.conf.d'))
  if (own !== undefined) return [own, ...ownDropIns]
  const system = await readText(path.join(SYSTEM_FOLDER, 'registries.conf'))
  const systemDropIns = await readFolder(
    env.CONTAINERS_REGISTRIES_CONF_DIR || path.join(SYSTEM_FOLDER, 'registries.conf.d'),
  )
  return [...(system === undefined ? [] : [system]), ...systemDropIns, ...ownDropIns]
}

async function readFolder(folder: string): Promise<readonly TextFile[]> {
  const names = await readdir(folder).catch(() => [])
  const files = names.filter(name => name.endsWith('.conf')).sort(compareText)
  const texts = await Promise.all(files.map(name => readText(path.join(folder, name))))
  return texts.filter(text => text !== undefined)
}

async function readText(file: string): Promise<TextFile | undefined> {
  try {
    return { file, text: await readFile(file, 'utf8') }
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
    throw new RegistriesConfError(`cannot read ${file}: ${messageOf(cause)}`, { cause })
  }
}
