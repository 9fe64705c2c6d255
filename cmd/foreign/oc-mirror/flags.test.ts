/** Every flag of oc-mirror v2 on the command line of `mirror` and `delete`: what becomes of it, and that its page says so. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import type { OcFlag } from '../oc-flags.ts'
import { DELETE_FLAGS, GLOBAL_FLAGS, MIRROR_FLAGS } from './flags.ts'
import { type MirrorLineArguments, readMirrorLine } from './mirror-line.ts'

/** oc-mirror v2, "Flags", hidden ones included. */
const OF_ONE_SIDE =
  'authfile creds username password registry-token cert-dir no-creds shared-blob-dir daemon-host'.split(' ')
const KNOWN = {
  global: [
    ...'config authfile cache-dir workspace log-level port parallel-images parallel-layers'.split(' '),
    ...'retry-times retry-delay src-tls-verify dest-tls-verify policy registries.d'.split(' '),
    ...'v1 v2 tls-verify cpu-prof mem-prof'.split(' '),
    ...['src', 'dest'].flatMap(side => OF_ONE_SIDE.map(name => `${side}-${name}`)),
    ...'compress decompress oci-accept-uncompressed-layers compress-format compress-level precompute-digests'
      .split(' ')
      .map(name => `dest-${name}`),
  ],
  mirror: [
    ...'from dry-run dry-run-manifest-lists since image-timeout secure-policy remove-signatures'.split(' '),
    ...'ignore-release-signature max-nested-paths strict-archive rootless-storage-path force quiet'.split(
      ' ',
    ),
  ],
  delete: 'generate delete-yaml-file delete-id force-cache-delete delete-signatures delete-v1-images'.split(
    ' ',
  ),
}

const OUTPUT = { json: false, logFormat: 'text', progress: 'none' } as const
const DIRECT = {
  ...OUTPUT,
  config: ['isc.yaml'],
  destination: 'docker://reg.lan/ns',
  workspace: 'file://w',
}

async function read(args: MirrorLineArguments, env: NodeJS.ProcessEnv = {}) {
  const notes: string[] = []
  const output = { note: (text: string) => void notes.push(text) }
  const line = await readMirrorLine(args, { output, env } as never)
  return { ...line, notes, words: line.equivalents.map(each => each.join(' ')) }
}

describe('flags of oc-mirror v2', () => {
  it('are all known, and none besides', () => {
    const names = (flags: readonly OcFlag[]) => flags.map(({ name }) => name).toSorted()
    assert.deepEqual(names(GLOBAL_FLAGS), KNOWN.global.toSorted())
    assert.deepEqual(names(MIRROR_FLAGS), KNOWN.mirror.toSorted())
    assert.deepEqual(names(DELETE_FLAGS), KNOWN.delete.toSorted())
  })

  /** What an honoured flag comes down to: the argument of apply, and its word. */
  const rows: Readonly<
    Record<
      string,
      readonly [given: object, argument: readonly [name: string, value: unknown], word?: RegExp | undefined]
    >
  > = {
    config: [{ config: ['a.yaml'] }, ['config', ['a.yaml']], / -c a\.yaml /],
    authfile: [{ authfile: 'a.json' }, ['authfile', 'a.json'], / --authfile a\.json/],
    'src-authfile': [{ srcAuthfile: 'a' }, ['srcAuthfile', 'a'], / --src-authfile a/],
    'dest-authfile': [{ destAuthfile: 'a' }, ['destAuthfile', 'a'], / --dest-authfile a/],
    'cache-dir': [{ cacheDir: '/c' }, ['cacheDir', '/c/.mirrorform'], / --cache-dir \/c\/\.mirrorform/],
    workspace: [
      { workspace: 'file://x' },
      ['resources', 'x/working-dir/cluster-resources'],
      / --resources x/,
    ],
    'parallel-images': [{ parallelImages: 3 }, ['parallelImages', 3], / --parallel-images 3/],
    'parallel-layers': [{ parallelLayers: 3 }, ['parallelLayers', 3], / --parallel-layers 3/],
    'retry-times': [{ retryTimes: 2 }, ['retryTimes', 2], / --retry-times 2/],
    'src-tls-verify': [{ srcTlsVerify: false }, ['srcTlsVerify', false], / --src-tls-verify=false/],
    'dest-tls-verify': [{ destTlsVerify: false }, ['destTlsVerify', false], / --dest-tls-verify=false/],
    'tls-verify': [
      { tlsVerify: false },
      ['destTlsVerify', false],
      /--src-tls-verify=false --dest-tls-verify/,
    ],
    v2: [{ v2: true }, ['yes', true]],
    from: [
      { from: 'file://no/disc', workspace: undefined },
      ['from', ['file://no/disc']],
      / --from file:\/\/no\/disc/,
    ],
    'remove-signatures': [{ removeSignatures: true }, ['signatures', 'ignore'], / --signatures ignore/],
    'ignore-release-signature': [
      { ignoreReleaseSignature: true },
      ['ignoreReleaseSignature', true],
      / --ignore-release-signature/,
    ],
    'max-nested-paths': [{ maxNestedPaths: 2 }, ['maxNestedPaths', 2], / --max-nested-paths 2/],
    since: [
      { destination: 'file://no/disc', workspace: undefined, since: '2026-01-31' },
      ['assume', 'none'],
      / --assume none/,
    ],
    'dry-run': [
      { dryRun: true },
      ['skipDeletes', true],
      /dry-run\nmirrorform plan (?!.*mirror\.plan).* --export-mapping w\/.*mapping\.txt/,
    ],
    'dry-run-manifest-lists': [{ dryRunManifestLists: true }, ['skipDeletes', true], /\nmirrorform plan /],
  }
  for (const { name, treatment } of [...GLOBAL_FLAGS, ...MIRROR_FLAGS]) {
    const given = name === 'log-level' ? 'debug' : true
    if (treatment.kind === 'noted')
      it(`--${name} is taken, with a note why it does nothing`, async () => {
        const { notes } = await read({ ...DIRECT, [camelCase(name)]: given, [name]: given })
        assert.deepEqual(notes, [`--${name} has no effect: ${treatment.why}`])
      })
    if (treatment.kind === 'refused')
      it(`--${name} is refused with a way out`, async () => {
        await assert.rejects(read({ ...DIRECT, [name]: given }), {
          name: 'UsageError',
          hint: treatment.hint,
        })
      })
    if (treatment.kind === 'honoured')
      it(`--${name} is honoured`, async () => {
        const [more, [argument, value], word] = rows[name] ?? assert.fail(`no row for --${name}`)
        const { given: line, words, notes } = await read({ ...DIRECT, ...more })
        assert.deepEqual(new Map<string, unknown>(Object.entries(line)).get(argument), value)
        assert.deepEqual(notes, [])
        if (word !== undefined) assert.match(words.join('\n'), word)
      })
  }

  it('what is refused may be turned off, as scripts do, and that is noted', async () => {
    const { notes } = await read({ ...DIRECT, ...{ 'secure-policy': false, v1: false } })
    assert.deepEqual(notes, [
      '--v1=false has no effect: so it is here in any case',
      '--secure-policy=false has no effect: so it is here in any case',
    ])
  })

  it('OC_MIRROR_CACHE is where the cache is, and excludes --cache-dir', async () => {
    const { given } = await read(DIRECT, { OC_MIRROR_CACHE: '/c' })
    assert.equal(given.cacheDir, '/c/.mirrorform')
    await assert.rejects(read({ ...DIRECT, cacheDir: '/d' }, { OC_MIRROR_CACHE: '/c' }), /exclude each other/)
  })

  it('the page about oc-mirror v2 has this table', () => {
    const page = readFileSync(new URL('../../../docs/migrate/from-oc-mirror-v2.md', import.meta.url), 'utf8')
    const written = page.split('\n').filter(line => line.startsWith('| `-'))
    const parts = [
      ['both', GLOBAL_FLAGS],
      ['mirror', MIRROR_FLAGS],
      ['delete', DELETE_FLAGS],
    ] as const
    assert.deepEqual(
      written,
      parts.flatMap(([of, flags]) => flags.map(each => rowOf(each, of))),
    )
  })
})

function rowOf({ name, option, treatment }: OcFlag, of: string): string {
  const alias = typeof option.alias === 'string' ? option.alias : undefined
  const short = alias === undefined ? '' : `\`${alias.length === 1 ? '-' : '--'}${alias}\`, `
  const text = {
    honoured: () => `honoured: ${option.describe}`,
    noted: () => `accepted: ${treatment.kind === 'noted' ? treatment.why : ''}`,
    refused: () => `refused: ${treatment.kind === 'refused' ? treatment.hint : ''}`,
  }[treatment.kind]()
  return `| ${short}\`--${name}\` | ${of} | ${text} |`
}

function camelCase(name: string): string {
  return name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase())
}
