/**
 * Text of an input file -> typed configuration, or one error with everything that is wrong with it.
 *
 * YAML with positions, then the kind, then the schema, then the rules; each step goes on past what the one before
 * found wherever that still makes sense.
 */
import { type ConfigurationKind, KINDS, kindOf } from './configuration-kind.ts'
import { type DeleteSet, readDeleteSet } from './delete-set.ts'
import type { Entry } from './entry.ts'
import { type ImageSet, readImageSet } from './image-set.ts'
import { type MirrorFile, readMirrorFile } from './mirror-file.ts'
import type { SourceFile } from './problem.ts'
import { ProblemList } from './problem-list.ts'
import { readV1ImageSet } from './v1/image-set.ts'
import { isV1, withKnownKeys } from './v1/known-keys.ts'
import { readYaml } from './yaml-document.ts'

export type Configuration =
  | { readonly kind: 'ImageSetConfiguration'; readonly imageSet: ImageSet }
  | { readonly kind: 'Mirror'; readonly mirror: MirrorFile }
  | { readonly kind: 'DeleteImageSetConfiguration'; readonly deleteSet: DeleteSet }

/** Reads a file of any kind. @throws ConfigError with all problems of the file. */
export function parseConfiguration(file: SourceFile): Configuration {
  return read(file, KINDS)
}

/** Reads an ImageSetConfiguration, v2alpha1 or oc-mirror v1's v1alpha2. @throws ConfigError with all problems of the file. */
export function parseImageSet(file: SourceFile): ImageSet {
  const configuration = read(file, ['ImageSetConfiguration'])
  if (configuration.kind === 'ImageSetConfiguration') return configuration.imageSet
  throw new TypeError('a Mirror was read where an ImageSetConfiguration was asked for')
}

/** Reads a Mirror v1alpha1. @throws ConfigError with all problems of the file. */
export function parseMirrorFile(file: SourceFile): MirrorFile {
  const configuration = read(file, ['Mirror'])
  if (configuration.kind === 'Mirror') return configuration.mirror
  throw new TypeError('an ImageSetConfiguration was read where a Mirror was asked for')
}

/** Reads a DeleteImageSetConfiguration. @throws ConfigError with all problems of the file. */
export function parseDeleteSet(file: SourceFile): DeleteSet {
  const configuration = read(file, ['DeleteImageSetConfiguration'])
  if (configuration.kind === 'DeleteImageSetConfiguration') return configuration.deleteSet
  throw new TypeError(`a ${configuration.kind} was read where a DeleteImageSetConfiguration was asked for`)
}

function read(file: SourceFile, accepted: readonly ConfigurationKind[]): Configuration {
  const document = withKnownKeys(readYaml(file))
  const problems = new ProblemList(document)
  if (document.value === undefined) problems.throwIfAny()
  const root: Entry = { pointer: '', value: document.value }
  const kind = kindOf(root, accepted, problems)
  const configuration = kind && readAs(kind, root, file.path, problems)
  problems.throwIfAny()
  if (configuration === undefined) throw new TypeError('a file without a kind was not reported')
  return configuration
}

function readAs(kind: ConfigurationKind, root: Entry, path: string, problems: ProblemList): Configuration {
  switch (kind) {
    case 'ImageSetConfiguration':
      return {
        kind,
        imageSet: isV1(root.value)
          ? readV1ImageSet(root, path, problems)
          : readImageSet(root, path, problems),
      }
    case 'Mirror':
      return { kind, mirror: readMirrorFile(root, path, problems) }
    case 'DeleteImageSetConfiguration':
      return { kind, deleteSet: readDeleteSet(root, path, problems) }
  }
}
