/** A small catalog for tests, document by document: the package `widget` with one channel and two bundles. */
import type { Catalog } from '../catalog.ts'
import { readCatalogFiles } from '../read-files.ts'

export type Json = Readonly<Record<string, unknown>>

export const PACKAGE: Json = { schema: 'olm.package', name: 'widget', defaultChannel: 'stable' }
export const CHANNEL: Json = {
  schema: 'olm.channel',
  package: 'widget',
  name: 'stable',
  entries: [
    {
      name: 'widget.v1.1.0',
      replaces: 'widget.v1.0.0',
      skips: ['widget.v1.0.1'],
      skipRange: '>=1.0.0 <1.1.0',
    },
    { name: 'widget.v1.0.0' },
  ],
}
export const DEPRECATIONS: Json = {
  schema: 'olm.deprecations',
  package: 'widget',
  entries: [
    { reference: { schema: 'olm.package' }, message: 'use gadget' },
    { reference: { schema: 'olm.bundle', name: 'widget.v1.0.0' }, message: 'too old' },
    { reference: { schema: 'olm.channel', name: 'beta' }, message: 'use stable' },
  ],
}

export function bundle(version: string, more: Json = {}): Json {
  return {
    schema: 'olm.bundle',
    package: 'widget',
    name: `widget.v${version}`,
    image: `registry.example/widget-bundle:${version}`,
    properties: [{ type: 'olm.package', value: { packageName: 'widget', version } }],
    relatedImages: [
      { name: 'app', image: 'registry.example/widget:1' },
      { name: 'again', image: 'registry.example/widget:1' },
      { image: 'registry.example/side:1' },
    ],
    ...more,
  }
}

export const WIDGET = [PACKAGE, CHANNEL, bundle('1.1.0'), bundle('1.0.0'), DEPRECATIONS]

/** @param files path → text. The catalog is called `C`. */
export function read(files: Readonly<Record<string, string>>): Catalog {
  return readCatalogFiles(
    new Map(Object.entries(files).map(([path, text]) => [path, Buffer.from(text)])),
    'C',
  )
}

/** One document on each line. */
export function lines(documents: readonly Json[]): string {
  return documents.map(document => `${JSON.stringify(document)}\n`).join('')
}
