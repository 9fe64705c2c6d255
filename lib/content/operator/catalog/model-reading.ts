/**
 * Documents, in any order → the model of the catalog. What contradicts itself is noted with its place, in the order it is
 * found; the rules are those of opm's model, where real catalogs keep them (see `read-bundle.ts`). Whether a channel has
 * one head, and whether the default channel exists, is for whoever chooses from the catalog.
 */
import type { CatalogBundle, CatalogChannel, CatalogModel, CatalogPackage, Deprecation } from '../model.ts'
import type { CatalogDocument } from './catalog.ts'
import { readBundle } from './read-bundle.ts'
import { readEntries } from './read-channel.ts'
import { readDeprecations } from './read-deprecations.ts'
import { readPriority } from './read-relations.ts'

/** Notes what is wrong, with its place. */
export type Complaint = (file: string, line: number, text: string) => void

interface Placed<T> {
  readonly value: T
  readonly at: CatalogDocument
}

interface PackageParts {
  readonly channels: Map<string, Placed<CatalogChannel>>
  readonly bundles: Map<string, Placed<CatalogBundle>>
  readonly deprecations: Deprecation[]
}

export class ModelReading {
  readonly #complain: Complaint
  readonly #packages = new Map<string, Placed<{ readonly defaultChannel?: string }>>()
  readonly #parts = new Map<string, PackageParts>()

  constructor(complain: Complaint) {
    this.#complain = complain
  }

  /** @param value what the document holds; nothing of it is kept but what the model has */
  add(at: CatalogDocument, value: Readonly<Record<string, unknown>>): void {
    const complain = (text: string) => this.#complain(at.file, at.line, text)
    switch (at.schema) {
      case 'olm.package': {
        if (at.name === '') {
          complain('a package without a name')
          return
        }
        const channel = value.defaultChannel ?? ''
        if (typeof channel !== 'string')
          complain(`package "${at.name}": defaultChannel is no text; write it in quotes`)
        const isNamed = typeof channel === 'string' && channel !== ''
        this.#place(this.#packages, `package "${at.name}"`, at, isNamed ? { defaultChannel: channel } : {})
        return
      }
      case 'olm.channel': {
        if (!this.#isOwned(at, 'channel')) return
        const what = `channel "${at.name}" of package "${at.package}"`
        const entries = readEntries(value.entries, what, complain)
        const priority = readPriority(value.properties)
        const channel = { name: at.name, entries, ...(priority !== undefined && { priority }) }
        this.#place(this.#partsOf(at.package).channels, what, at, channel)
        return
      }
      case 'olm.bundle': {
        if (!this.#isOwned(at, 'bundle')) return
        const bundle = readBundle(at, value, complain)
        const what = `bundle "${at.name}" of package "${at.package}"`
        if (bundle !== undefined) this.#place(this.#partsOf(at.package).bundles, what, at, bundle)
        return
      }
      case 'olm.deprecations':
        if (at.package === '') complain('deprecations that name no package')
        else
          this.#partsOf(at.package).deprecations.push(
            ...readDeprecations(value.entries, at.package, complain),
          )
        return
    }
  }

  finish(): CatalogModel {
    this.#findOrphans()
    const packages = [...this.#packages].map(([name, { value }]): CatalogPackage => {
      const { channels, bundles, deprecations } = this.#partsOf(name)
      return {
        name,
        ...value,
        channels: byName(channels).map(([, channel]) => channel.value),
        bundles: new Map(byName(bundles).map(([key, bundle]) => [key, bundle.value])),
        deprecations: deprecations.toSorted(byReference),
      }
    })
    return { packages: packages.sort((a, b) => (a.name < b.name ? -1 : 1)) }
  }

  #partsOf(name: string): PackageParts {
    const known = this.#parts.get(name)
    if (known !== undefined) return known
    const parts: PackageParts = { channels: new Map(), bundles: new Map(), deprecations: [] }
    this.#parts.set(name, parts)
    return parts
  }

  #isOwned(at: CatalogDocument, kind: 'channel' | 'bundle'): boolean {
    if (at.name !== '' && at.package !== '') return true
    const what = at.name === '' ? `a ${kind} without a name` : `${kind} "${at.name}" names no package`
    this.#complain(at.file, at.line, what)
    return false
  }

  #place<T>(among: Map<string, Placed<T>>, what: string, at: CatalogDocument, value: T): void {
    const first = among.get(at.name)
    if (first === undefined) among.set(at.name, { value, at })
    else
      this.#complain(at.file, at.line, `${what} is there twice; first at ${first.at.file}:${first.at.line}`)
  }

  /** A missing package is told once, where the first document that needs it is. */
  #findOrphans(): void {
    for (const [name, { channels, bundles }] of this.#parts) {
      if (this.#packages.has(name)) continue
      const count = `${channels.size} channels and ${bundles.size} bundles`
      const [first] = [...channels.values(), ...bundles.values()]
      if (first === undefined) continue
      const { schema, name: of, file, line } = first.at
      const what = `${schema === 'olm.channel' ? 'channel' : 'bundle'} "${of}"`
      this.#complain(
        file,
        line,
        `${what} is of package "${name}", which the catalog does not have (${count} name it)`,
      )
    }
  }
}

function byName<T>(map: ReadonlyMap<string, T>): readonly (readonly [string, T])[] {
  return [...map].sort(([a], [b]) => (a < b ? -1 : 1))
}

function byReference(a: Deprecation, b: Deprecation): number {
  const [one, other] = [a, b].map(
    ({ what, message }) => `${what.schema}\0${'name' in what ? what.name : ''}\0${message}`,
  )
  return (one ?? '') < (other ?? '') ? -1 : 1
}
