/**
 * An operator database → the files of a file-based catalog that says the same, so that everything after this knows one
 * kind of catalog only. One file for each package, one line for each document.
 */
import { isRecord } from '../../../../oci/json.ts'
import type { OpenDatabase } from '../catalog.ts'
import { bundleDocument, parsed } from './bundle-document.ts'
import { entriesOf } from './channel-entries.ts'
import { type Row, readTables, type Tables } from './tables.ts'

type JsonDocument = Readonly<Record<string, unknown>>

const DEPRECATED = 'the catalog marks this version as deprecated'

/**
 * @param name of the catalog, for messages
 * @returns as for `readCatalogFiles`: `widget/catalog.json` → bytes
 * @throws PlanError when the bytes are no operator database
 */
export async function filesOfDatabase(
  bytes: Uint8Array,
  openDatabase: OpenDatabase,
  name: string,
): Promise<ReadonlyMap<string, Uint8Array>> {
  const tables = await readTables(bytes, openDatabase, name)
  // As in opm, a bundle without version or image is none.
  const whole = tables.operatorbundle.filter(
    ({ version, bundlepath }) => version !== undefined && bundlepath !== undefined,
  )
  const bundles = new Map(whole.map(row => [row.name ?? '', row]))
  const channels = Map.groupBy(tables.channel, row => row.package_name)
  const entries = Map.groupBy(tables.channel_entry, row => row.package_name)
  const partsOf = bundleParts(tables)
  const deprecated = new Set(tables.deprecated.map(row => row.operatorbundle_name))
  return new Map(
    tables.package.map(row => {
      const owner = row.name ?? ''
      const inChannel = Map.groupBy(entries.get(owner) ?? [], entry => entry.channel_name)
      const ownChannels = channels.get(owner) ?? []
      const names = new Set((entries.get(owner) ?? []).map(entry => entry.operatorbundle_name ?? ''))
      const own = [...bundles.values()].filter(bundle => names.has(bundle.name ?? ''))
      const head = ownChannels.find(channel => channel.name === row.default_channel)?.head_operatorbundle_name
      const documents: readonly JsonDocument[] = [
        packageDocument(row, bundles.get(head ?? '')),
        ...ownChannels.map(channel => ({
          schema: 'olm.channel',
          package: owner,
          name: channel.name,
          entries: entriesOf(inChannel.get(channel.name) ?? [], bundles),
        })),
        ...own.map(bundle => bundleDocument(owner, { bundle, ...partsOf(bundle.name ?? '') })),
        ...deprecations(
          owner,
          own.map(bundle => bundle.name ?? '').filter(each => deprecated.has(each)),
        ),
      ]
      const text = documents.map(document => `${JSON.stringify(document)}\n`).join('')
      return [`${owner}/catalog.json`, Buffer.from(text)]
    }),
  )
}

function bundleParts(tables: Tables) {
  const by = (rows: readonly Row[]) => Map.groupBy(rows, row => row.operatorbundle_name)
  const [properties, dependencies, relatedImages] = [
    by(tables.properties),
    by(tables.dependencies),
    by(tables.related_image),
  ]
  return (bundle: string) => ({
    properties: properties.get(bundle) ?? [],
    dependencies: dependencies.get(bundle) ?? [],
    relatedImages: relatedImages.get(bundle) ?? [],
  })
}

/** Icon and description are those of the default channel's head, as far as its CSV is kept. */
function packageDocument(row: Row, head: Row | undefined): JsonDocument {
  const csv = parsed(head?.csv)
  const { icon, description } = isRecord(csv) && isRecord(csv.spec) ? csv.spec : {}
  const first: unknown = Array.isArray(icon) ? icon[0] : undefined
  return {
    schema: 'olm.package',
    name: row.name,
    ...(row.default_channel && { defaultChannel: row.default_channel }),
    ...(typeof description === 'string' && { description }),
    ...(isRecord(first) && { icon: { base64data: first.base64data, mediatype: first.mediatype } }),
  }
}

function deprecations(owner: string, names: readonly string[]): readonly JsonDocument[] {
  if (names.length === 0) return []
  const entries = names.map(name => ({ reference: { schema: 'olm.bundle', name }, message: DEPRECATED }))
  return [{ schema: 'olm.deprecations', package: owner, entries }]
}
