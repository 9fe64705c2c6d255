/**
 * What people wrote for mirroring tools, all of the corpus: each file loads, or is refused with its line and a reason. Counted
 * by kind, so that a file which loads today cannot stop to without anybody seeing it.
 */
import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import { parseMappings } from '../content/mapping/index.ts'
import { readInventory } from '../content/samples/index.ts'
import { migratePolicies } from '../resources/migrate-icsp.ts'
import {
  ConfigError,
  type MirrorKind,
  migrateImageSet,
  parseConfiguration,
  parseDeleteList,
  readMirrorPolicies,
} from './index.ts'

const CORPUS = resolve(import.meta.dirname, '../..', process.env.MIRRORFORM_CORPUS ?? '../shared/corpus')
const skip = !existsSync(CORPUS) && `no ${CORPUS}`

interface Kind {
  readonly what: string
  readonly folder: string
  /** Which of the files in the folder are of this kind. */
  readonly is?: (name: string, text: string) => boolean
  read(path: string, text: string): void
  readonly loads: number
  readonly refused: number
}

const isOf = (kind: string) => (_: string, text: string) => new RegExp(`kind"?: *"?${kind}\\b`).test(text)
const isVersion = (version: string) => (_: string, text: string) =>
  text.includes(`mirror.openshift.io/${version}`)
const policies = (kind: MirrorKind) => (path: string, text: string) =>
  void readMirrorPolicies({ path, text }, kind)
const configuration = (path: string, text: string) => void parseConfiguration({ path, text })
const isV1 = isVersion('v1alpha')
const isV2 = isVersion('v2alpha1')

const isMapping = (name: string) => name.endsWith('mapping.txt')
const isMirrorPolicy = (name: string, text: string) =>
  isOf('ImageDigestMirrorSet')(name, text) || isOf('ImageContentSourcePolicy')(name, text)

const KINDS: readonly Kind[] = [
  {
    what: 'image sets of oc-mirror v1',
    folder: 'isc',
    is: isV1,
    read: configuration,
    loads: 34,
    refused: 7,
  },
  {
    what: 'image sets of oc-mirror v1, rewritten for v2',
    folder: 'isc',
    is: isV1,
    read: (path, text) => void migrateImageSet({ path, text }),
    loads: 34,
    refused: 7,
  },
  {
    what: 'image sets of oc-mirror v2',
    folder: 'isc',
    is: (name, text) => isV2(name, text) && !isV1(name, text),
    read: configuration,
    loads: 30,
    refused: 5,
  },
  {
    what: 'other files said to be image sets',
    folder: 'isc',
    is: (name, text) => !isV1(name, text) && !isV2(name, text),
    read: configuration,
    loads: 1,
    refused: 4,
  },
  {
    what: 'delete image sets',
    folder: 'disc',
    is: (name, text) => !isOf('DeleteImageList')(name, text),
    read: configuration,
    loads: 12,
    refused: 1,
  },
  {
    what: 'lists of deletes',
    folder: 'disc',
    is: isOf('DeleteImageList'),
    read: (path, text) => void parseDeleteList({ path, text }),
    loads: 1,
    refused: 0,
  },
  {
    what: 'filter configurations of catalogs',
    folder: 'filter-config',
    read: configuration,
    loads: 0,
    refused: 2,
  },
  {
    what: 'mapping files',
    folder: 'mirrorset',
    is: isMapping,
    read: (path, text) => void parseMappings([{ path, text }]),
    loads: 2,
    refused: 0,
  },
  {
    what: 'ImageDigestMirrorSets',
    folder: 'mirrorset',
    is: isOf('ImageDigestMirrorSet'),
    read: policies('ImageDigestMirrorSet'),
    loads: 9,
    refused: 2,
  },
  {
    what: 'ImageContentSourcePolicies',
    folder: 'mirrorset',
    is: isOf('ImageContentSourcePolicy'),
    read: policies('ImageContentSourcePolicy'),
    loads: 8,
    refused: 1,
  },
  {
    what: 'ImageContentSourcePolicies, migrated',
    folder: 'mirrorset',
    is: isOf('ImageContentSourcePolicy'),
    read: (path, text) => void migratePolicies([{ path, text }]),
    loads: 8,
    refused: 1,
  },
  {
    what: 'other objects of clusters, given as mirror sets',
    folder: 'mirrorset',
    is: (name, text) => !isMirrorPolicy(name, text) && !isMapping(name),
    read: policies('ImageDigestMirrorSet'),
    loads: 0,
    refused: 11,
  },
  {
    what: 'image streams of samples',
    folder: 'samples',
    is: name => name.endsWith('.json'),
    read: (path, text) => void readInventory([[path, text]]),
    loads: 30,
    refused: 0,
  },
]

/** @throws AssertionError when a refusal does not say where and why */
function isRead({ read }: Kind, path: string, text: string): boolean {
  try {
    read(path, text)
    return true
  } catch (error) {
    assert.ok(error instanceof ConfigError, `${path}: ${error}`)
    assert.ok(error.message.startsWith(`${path}:`), error.message)
    assert.ok(error.problems.length > 0)
    const lines = text.split('\n')
    for (const { line, column, message, snippet } of error.problems) {
      const shown = lines[line - 1]
      assert.ok(shown !== undefined && column >= 1 && column <= shown.length + 1, message)
      assert.equal(snippet, shown.replace(/\r$/, ''))
      assert.ok(message.length > 10, message)
    }
    return false
  }
}

interface CorpusFile {
  readonly name: string
  readonly text: string
}

function filesIn(folder: string): readonly CorpusFile[] {
  return readdirSync(join(CORPUS, folder), { withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(({ name }) => ({ name, text: readFileSync(join(CORPUS, folder, name), 'utf8') }))
}

function check(t: TestContext, kind: Kind): void {
  const { what, folder, is = () => true, loads, refused } = kind
  const outcomes = filesIn(folder)
    .filter(({ name, text }) => is(name, text))
    .map(({ name, text }) => isRead(kind, name, text))
  const good = outcomes.filter(outcome => outcome).length
  t.diagnostic(`${what}: ${good} load, ${outcomes.length - good} are refused`)
  assert.deepEqual({ loads: good, refused: outcomes.length - good }, { loads, refused })
}

describe('real configurations', { skip }, () => {
  for (const kind of KINDS)
    test(`of ${kind.what}: ${kind.loads} load, ${kind.refused} are refused with a reason`, t =>
      check(t, kind))

  test('are all of a kind: no file of image sets, deletes, filters and mirror sets is passed over', () => {
    for (const folder of ['isc', 'disc', 'filter-config', 'mirrorset']) {
      const kinds = KINDS.filter(kind => kind.folder === folder)
      const passed = filesIn(folder).filter(
        ({ name, text }) => !kinds.some(({ is = () => true }) => is(name, text)),
      )
      assert.deepEqual(
        passed.map(({ name }) => name),
        [],
      )
    }
  })
})
