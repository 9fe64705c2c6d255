/**
 * Host profiles on disk: `<folder>/hosts/<host>.json`, with `_` for the `:` before a port. Read once, written when the
 * client closes and only where something new was learnt; what is damaged, foreign or cannot be written is passed over.
 */
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { ProfileStore } from '../options.ts'
import { formatProfile, type HostProfile, parseProfile } from './host-profile.ts'

/** @param folder the cache folder; made when there is something to write */
export function openProfileFiles(folder: string): ProfileStore {
  const hosts = path.join(folder, 'hosts')

  async function load(): Promise<ReadonlyMap<string, HostProfile>> {
    const known = new Map<string, HostProfile>()
    const names = await readdir(hosts).catch(() => [])
    for (const name of names.filter(name => name.endsWith('.json'))) {
      const text = await readFile(path.join(hosts, name), 'utf8').catch(() => '')
      const found = parseProfile(text)
      if (found !== undefined && profileFileName(found.host) === name) known.set(found.host, found.profile)
    }
    return known
  }

  async function save(host: string, profile: HostProfile): Promise<void> {
    const file = path.join(hosts, profileFileName(host))
    const temporary = `${file}.${process.pid}`
    try {
      // One by one: Node's recursive mkdir never ends below a folder like /proc, where nothing can be made.
      for (const each of [path.dirname(folder), folder, hosts]) await mkdir(each).catch(() => {})
      await writeFile(temporary, formatProfile(host, profile))
      await rename(temporary, file)
    } catch {
      // a full or read-only cache folder costs requests later, nothing else
      await rm(temporary, { force: true }).catch(() => {})
    }
  }

  return { load, save }
}

/** `registry.example_5000.json` */
export function profileFileName(host: string): string {
  return `${host.replaceAll(':', '_')}.json`
}
