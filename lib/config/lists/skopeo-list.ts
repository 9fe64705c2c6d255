/**
 * The YAML of `skopeo sync --src yaml` -> images and choices of tags: for each registry repositories with tags and digests,
 * with expressions, or with ranges of versions (skopeo-sync(1), "YAML file content").
 */
import { SyntaxFault } from '../../errors.ts'
import { isDigest } from '../../oci/digest.ts'
import { isRecord } from '../../oci/json.ts'
import { parseReference, parseTag, type Reference } from '../../oci/reference.ts'
import { type Entry, fieldOf } from '../entry.ts'
import { pointerTo } from '../yaml-nodes.ts'
import type { PathRule } from './imported-list.ts'
import type { ListReading } from './list-reading.ts'
import { imageOf, tagsOf } from './listed-image.ts'
import { ALL_TAGS, checkTagRule, type TagRule } from './tag-choice.ts'

const KNOWN = ['images', 'images-by-tag-regex', 'images-by-semver', 'credentials', 'tls-verify', 'cert-dir']

export function readSkopeoList(reading: ListReading, rule: PathRule): void {
  const { root } = reading
  if (!isRecord(root.value)) return
  for (const registry of Object.keys(root.value)) {
    const entry = fieldOf(root, registry)
    if (entry === undefined || !isRecord(entry.value))
      reading.omit('images', pointerTo('', registry), `${registry} has no images here`, { at: 'key' })
    else readRegistry(reading, registry, entry, rule)
  }
}

function readRegistry(reading: ListReading, registry: string, entry: Entry, rule: PathRule): void {
  tellSettings(reading, registry, entry)
  for (const { name, value } of repositoriesOf(reading, entry, 'images'))
    readRepository(reading, registry, name, value, rule)
  for (const [key, kind] of [
    ['images-by-tag-regex', 'pattern'],
    ['images-by-semver', 'range'],
  ] as const)
    for (const { name, value } of repositoriesOf(reading, entry, key)) {
      const text = reading.textAt(value)
      const repository = repositoryAt(reading, registry, name, value)
      if (repository === undefined) continue
      if (text === undefined) {
        reading.omit('images', value.pointer, `${registry}/${name} lacks the ${kind} of its tags`)
        continue
      }
      const tags: TagRule = kind === 'pattern' ? { kind, text, whole: false } : { kind, text }
      const checked = reading.attempt('images', value.pointer, () => checkTagRule(tags))
      if (checked === undefined) continue
      const place = reading.placeOf(value.pointer, 'key')
      const choice = [{ allow: [checked], deny: [] }]
      reading.entries.push(tagsOf(repository, choice, { rule, platforms: [], place }))
    }
}

function readRepository(
  reading: ListReading,
  registry: string,
  name: string,
  value: Entry,
  rule: PathRule,
): void {
  const repository = repositoryAt(reading, registry, name, value)
  if (repository === undefined) return
  const references: unknown = value.value ?? []
  if (!Array.isArray(references)) {
    reading.omit('images', value.pointer, `the tags of ${registry}/${name} are not a list`)
    return
  }
  if (references.length === 0) {
    const place = reading.placeOf(value.pointer, 'key')
    reading.entries.push(tagsOf(repository, ALL_TAGS, { rule, platforms: [], place }))
    return
  }
  for (const [at, each] of references.entries()) {
    const pointer = pointerTo(value.pointer, at)
    const image = reading.attempt('images', pointer, () => {
      const text = reading.textAt({ pointer, value: each })
      if (text === undefined) throw new SyntaxFault('this is neither a tag nor a digest')
      const reference = isDigest(text)
        ? { ...repository, digest: text }
        : { ...repository, tag: parseTag(text) }
      return imageOf(reference, { rule, platforms: [], place: reading.placeOf(pointer) })
    })
    if (image !== undefined) reading.entries.push(image)
  }
}

function repositoryAt(
  reading: ListReading,
  registry: string,
  name: string,
  at: Entry,
): Reference | undefined {
  const repository = reading.attempt('images', at.pointer, () => parseReference(`${registry}/${name}`))
  if (repository?.tag === undefined && repository?.digest === undefined) return repository
  reading.omit('images', at.pointer, `"${name}" names an image, not a repository`, { at: 'key' })
  return undefined
}

function repositoriesOf(
  reading: ListReading,
  entry: Entry,
  key: string,
): readonly { readonly name: string; readonly value: Entry }[] {
  const field = fieldOf(entry, key)
  if (field === undefined) return []
  if (!isRecord(field.value)) {
    reading.omit('images', field.pointer, `${key} does not hold repositories, each with its tags`)
    return []
  }
  return Object.entries(field.value).map(([name, value]) => ({
    name,
    value: { pointer: pointerTo(field.pointer, name), value },
  }))
}

function tellSettings(reading: ListReading, registry: string, entry: Entry): void {
  const credentials = fieldOf(entry, 'credentials')
  if (credentials !== undefined)
    reading.omit('file', credentials.pointer, `the credentials of ${registry}`, {
      at: 'key',
      hint: `an image set holds no secrets: podman login ${registry}`,
    })
  const verify = fieldOf(entry, 'tls-verify')
  if (verify?.value === false)
    reading.omit('file', verify.pointer, `tls-verify: false of ${registry}`, {
      at: 'key',
      hint: 'write insecure = true for it in registries.conf, or give --src-tls-verify=false for all sources',
    })
  const certificates = fieldOf(entry, 'cert-dir')
  if (certificates !== undefined)
    reading.omit('file', certificates.pointer, `the certificates of ${registry}`, {
      at: 'key',
      hint: `put them into ~/.config/containers/certs.d/${registry}/`,
    })
  for (const key of Object.keys(isRecord(entry.value) ? entry.value : {}))
    if (!KNOWN.includes(key))
      reading.omit('file', pointerTo(entry.pointer, key), `"${key}", which skopeo does not know either`, {
        at: 'key',
      })
}
