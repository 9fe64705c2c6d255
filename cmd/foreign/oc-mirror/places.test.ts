/** Which way a command line of oc-mirror v2 means, and what does not go together. */
import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, it } from 'node:test'
import { temporaryFolder } from '../../../testdata/temp.ts'
import { archivesOn } from './disc.ts'
import { readMirrorLine } from './mirror-line.ts'
import { chooseWay, type WayArguments } from './places.ts'

const config = ['isc.yaml']

describe('a command line of oc-mirror v2 means', () => {
  const rows: readonly (readonly [sentence: string, args: WayArguments, way: object])[] = [
    [
      'mirror to disk',
      { destination: 'file:///m' },
      { way: 'to disk', disc: '/m', workspace: '/m/working-dir' },
    ],
    [
      'disk to mirror',
      { destination: 'docker://reg.lan/ns', from: 'file:///m/' },
      { way: 'from disk', disc: '/m', to: 'docker://reg.lan/ns', workspace: '/m/working-dir' },
    ],
    [
      'mirror to mirror',
      { destination: 'docker://reg.lan', workspace: 'file://w' },
      { way: 'between registries', to: 'docker://reg.lan', workspace: 'w/working-dir' },
    ],
    [
      'the working folder itself where that is named',
      { destination: 'docker://reg.lan', workspace: 'file://w/working-dir' },
      { way: 'between registries', to: 'docker://reg.lan', workspace: 'w/working-dir' },
    ],
  ]
  for (const [sentence, args, way] of rows)
    it(sentence, () => assert.deepEqual(chooseWay({ ...args, config }), way))
})

describe('refused with a hint is', () => {
  const rows: readonly (readonly [sentence: string, args: WayArguments, message: RegExp, hint: RegExp])[] = [
    ['a line without an image set', { destination: 'file://m' }, /^no image set$/, /-c FILE/],
    ['a line without a destination', { config }, /where to is missing/, /file:\/\/FOLDER .* docker:/],
    ['file:// with --from', { config, destination: 'file://m', from: 'file://x' }, /file.*--from/, /neither/],
    [
      'file:// with --workspace',
      { config, destination: 'file://m', workspace: 'file://x' },
      /file.*--workspace/,
      /working-dir in the folder/,
    ],
    [
      'docker:// with both',
      { config, destination: 'docker://r', from: 'file://x', workspace: 'file://x' },
      /--from and --workspace exclude/,
      /from disk to a registry takes --from/,
    ],
    ['docker:// with neither', { config, destination: 'docker://r' }, /needs --from or --workspace/, /file:/],
    ['another scheme', { config, destination: 'oci://x' }, /neither file:.* nor docker:/, /docker:\/\/HOST/],
    ['delete as a word', { config, destination: 'delete' }, /"delete" is neither/, /mirrorform delete/],
    ['a plain path for --from', { config, destination: 'docker://r', from: '/x' }, /--from \/x/, /file:/],
    [
      'a plain path for --workspace',
      { config, destination: 'docker://r', workspace: '/x' },
      /--workspace \/x/,
      /file:/,
    ],
  ]
  for (const [sentence, args, message, hint] of rows)
    it(sentence, () => assert.throws(() => chooseWay(args), { name: 'UsageError', message, hint }))

  const values: readonly (readonly [sentence: string, args: object, message: RegExp])[] = [
    [
      'a day that is none',
      { destination: 'file://m', since: '2026-13-01' },
      /--since 2026-13-01 is not a day/,
    ],
    ['--since without a disc', { since: '2026-01-01' }, /--since is for mirroring to disk/],
    ['both kinds of dry run', { dryRun: true, dryRunManifestLists: true }, /exclude each other/],
    ['more than ten images at once', { parallelImages: 11 }, /--parallel-images must be between 1 and 10/],
    ['no layer at once', { parallelLayers: 0 }, /--parallel-layers must be between 1 and 10/],
    ['an unknown log level', { logLevel: 'loud' }, /--log-level may not be loud/],
    ['--for without a disc', { for: 'docker://r' }, /--for is for mirroring to disk/],
  ]
  for (const [sentence, more, message] of values)
    it(sentence, async () => {
      const workspace = 'destination' in more ? {} : { workspace: 'file://w' }
      const line = { json: false, logFormat: 'text', progress: 'none', config, ...workspace } as const
      const args = { ...line, destination: 'docker://r', ...more }
      await assert.rejects(readMirrorLine(args, { output: { note() {} }, env: {} } as never), {
        name: 'UsageError',
        message,
      })
    })
})

describe('a disc', () => {
  it('gives its archives in their order, and itself where it has none', t => {
    const folder = temporaryFolder(t)
    assert.deepEqual(archivesOn(folder), [folder])
    for (const name of ['archive-10', 'archive-2', 'archive-3', 'other']) {
      mkdirSync(path.join(folder, name))
      if (name !== 'archive-3') writeFileSync(path.join(folder, name, 'archive.json'), '{}')
    }
    assert.deepEqual(
      archivesOn(folder).map(each => path.basename(each)),
      ['archive-2', 'archive-10'],
    )
  })
})
