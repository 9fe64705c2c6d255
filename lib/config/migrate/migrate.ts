/**
 * An image set of oc-mirror v1 -> the same as v2alpha1, with a comment at each thing that changed and at what v2 takes
 * otherwise. Comments and order of the file are kept.
 *
 * What cannot be said in v2 is said as far as it goes, and the comment tells the difference; the result is checked like
 * any other image set.
 */

import { formatReference } from '../../oci/reference.ts'
import { parseImageSet } from '../configuration.ts'
import type { ImageSet } from '../image-set.ts'
import { ConfigError, type SourceFile } from '../problem.ts'
import { IMAGE_SET_API_VERSION } from '../schema/imageset-v2alpha1.ts'
import type { V1Storage } from '../v1/settings.ts'
import { migrateCatalogs } from './catalogs.ts'
import { openDocument, type Rewritable, writeDocument } from './document.ts'
import { migrateImages } from './images.ts'
import { keyNode, keyOf, mapAt, pairOf, setText, takeOut } from './nodes.ts'
import { migrateReleases } from './releases.ts'
import { type MigrationChange, Rewriting } from './rewriting.ts'

export interface MigratedImageSet {
  readonly text: string
  /** In the order of the file; empty where it was an image set of v2 already. */
  readonly changes: readonly MigrationChange[]
}

/** @throws ConfigError with the problems of the file, or of what it would become */
export function migrateImageSet(file: SourceFile): MigratedImageSet {
  const imageSet = parseImageSet(file)
  if (imageSet.v1 === undefined) return { text: file.text, changes: [] }
  const rewritable = openDocument(file.text.replace(/^\ufeff/, ''))
  const rewriting = new Rewriting(rewritable.document, rewritable.text)
  tellVersion(rewriting, rewritable)
  removeStorage(rewriting, imageSet.v1.storage)
  migrateMirror(rewriting, imageSet)
  const changes = rewriting.finish()
  const text = writeDocument(rewritable)
  check({ path: `${file.path}, rewritten`, text })
  return { text, changes }
}

function tellVersion(rewriting: Rewriting, { hadAliases, renamed }: Rewritable): void {
  const { root } = rewriting
  setText(root, 'apiVersion', IMAGE_SET_API_VERSION)
  const version = pairOf(root, 'apiVersion')
  const key = version === undefined ? root : keyNode(version)
  rewriting.tell(key, undefined, 'this was an image set of oc-mirror v1 (v1alpha2)')
  if (hadAliases) rewriting.tell(key, undefined, 'aliases and merge keys are written out')
  for (const { before, key: at, written, now } of renamed)
    rewriting.tell(before, at, `"${written}" is written "${now}" now: case matters`)
}

function removeStorage(rewriting: Rewriting, storage: V1Storage | undefined): void {
  const { root } = rewriting
  const pair = pairOf(root, 'storageConfig')
  if (pair === undefined) return
  const next = root.items[root.items.indexOf(pair) + 1] ?? root.items[root.items.indexOf(pair) - 1]
  const kept = takeOut(root, 'storageConfig')
  const name = storage === undefined ? '' : ` (${storageName(storage)})`
  rewriting.tell(
    next === undefined ? root : keyNode(next),
    keyNode(pair),
    `storageConfig${name} is gone: what a target holds is kept in its state file. To take over what v1 recorded, plan and apply the v1 file once before this one`,
    kept,
  )
}

function storageName(storage: V1Storage): string {
  return storage.kind === 'local' ? `folder ${storage.path}` : formatReference(storage.reference)
}

function migrateMirror(rewriting: Rewriting, imageSet: ImageSet): void {
  const { root } = rewriting
  const mirror = mapAt(root, 'mirror')
  if (mirror === undefined) {
    root.delete('mirror')
    root.set('mirror', {})
    return
  }
  migrateReleases(rewriting, mapAt(mirror, 'platform'), imageSet)
  migrateCatalogs(rewriting, mirror, imageSet.operators ?? [])
  migrateImages(rewriting, mirror, imageSet)
  for (const pair of mirror.items.filter(each => keyOf(each) === 'samples'))
    if (imageSet.samples !== undefined)
      rewriting.tell(
        keyNode(pair),
        undefined,
        'v1 passed over samples; mirrorform mirrors them (docs/samples.md), oc-mirror v2 does not',
      )
}

/** What this version cannot mirror in either form is no fault of the rewriting. */
function check(file: SourceFile): void {
  try {
    parseImageSet(file)
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    if (error.problems.some(({ kind }) => kind !== 'unsupported')) throw error
  }
}
