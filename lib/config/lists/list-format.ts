/** Which kind of list a file is, by what stands in it. */
import { UsageError } from '../../errors.ts'
import { isRecord } from '../../oci/json.ts'
import type { SourceFile } from '../problem.ts'
import { ProblemList } from '../problem-list.ts'
import type { YamlDocument } from '../yaml-document.ts'
import type { ListFormat } from './imported-list.ts'
import { natureOf } from './plain-list.ts'

const SKOPEO_KEYS = ['images', 'images-by-tag-regex', 'images-by-semver']

/** @throws UsageError when it is none, or something that needs no import; ConfigError when it is broken YAML */
export function listFormatOf(
  { path }: SourceFile,
  text: string,
  documents: readonly YamlDocument[],
): ListFormat {
  const records = documents.flatMap(({ value }) => (isRecord(value) ? [value] : []))
  for (const record of records) refuseOwn(path, record)
  if (
    records.some(
      ({ apiVersion }) => typeof apiVersion === 'string' && apiVersion.includes('hauler.cattle.io'),
    )
  )
    return 'hauler'
  if (records.some(({ sync }) => Array.isArray(sync))) return 'regsync'
  if (records.some(isSkopeo)) return 'skopeo'
  const nature = records.length === 0 ? natureOf(text) : 'neither'
  if (nature === 'references') return 'list'
  if (nature === 'mappings')
    throw new UsageError(`${path} is a mapping file, and needs no import`, {
      hint: `use it as it is: mirrorform plan --mapping ${path}`,
    })
  for (const document of documents) new ProblemList(document).throwIfAny()
  throw new UsageError(`${path} is no list of images that can be read`, {
    hint: 'skopeo sync files, regsync files, hauler manifests and one reference in a line are; --format says which it is',
  })
}

function isSkopeo(record: Readonly<Record<string, unknown>>): boolean {
  return Object.values(record).some(value => isRecord(value) && SKOPEO_KEYS.some(key => key in value))
}

function refuseOwn(path: string, { kind }: Readonly<Record<string, unknown>>): void {
  if (kind !== 'ImageSetConfiguration' && kind !== 'DeleteImageSetConfiguration' && kind !== 'Mirror') return
  throw new UsageError(`${path} is of kind: ${kind}, and needs no import`, {
    hint: `use it as it is: mirrorform ${kind === 'DeleteImageSetConfiguration' ? 'plan --delete' : 'plan'} -c ${path}`,
  })
}
