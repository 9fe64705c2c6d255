/** What the command lines of `oc adm release mirror` and `oc adm catalog mirror` ask for, and what is wrong with some. */
import assert from 'node:assert/strict'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { mountPath } from '../../lib/content/operator/legacy-names.ts'
import { MirrorformError } from '../../lib/errors.ts'
import { parseTag } from '../../lib/oci/reference.ts'
import { formatTarget } from '../../lib/target.ts'
import { temporaryFolder } from '../../testdata/temp.ts'
import type { CatalogMirrorArguments } from './catalog-mirror-flags.ts'
import { catalogMirrorWish } from './catalog-mirror-wish.ts'
import type { OcRegistryArguments } from './oc-flags.ts'
import type { ReleaseMirrorArguments } from './release-mirror-flags.ts'
import { placeText, releaseMirrorWish } from './release-mirror-wish.ts'

const PLAIN: OcRegistryArguments & { readonly dryRun: boolean } = {
  json: false,
  logFormat: 'text',
  progress: 'none',
  insecure: false,
  dryRun: false,
  srcTlsVerify: true,
  destTlsVerify: true,
  retryTimes: 5,
}
const FROM = 'quay.io/openshift-release-dev/ocp-release:4.16.3-x86_64'

function releaseWish(args: Partial<ReleaseMirrorArguments>) {
  const flags = { toMirror: false, skipReleaseImage: false, ignoreReleaseSignature: false }
  return releaseMirrorWish({ ...PLAIN, ...flags, ...args })
}

function catalogWish(source: string, destination: string, args: Partial<CatalogMirrorArguments> = {}) {
  return catalogMirrorWish({ ...PLAIN, manifestsOnly: false, source, destination, ...args })
}

describe('a release to mirror', () => {
  for (const [why, args, problem] of [
    ['no release', { to: 'm.example/r' }, /no release/],
    ['two releases', { release: FROM, from: FROM, to: 'm.example/r' }, /named twice/],
    ['no destination', { from: FROM }, /nowhere to mirror/],
    ['half a version', { from: '4.16', to: 'm.example/r' }, /neither a version nor a reference/],
    ['a registry alone', { from: FROM, to: 'm.example:5000' }, /both are needed/],
    ['a tag in --to', { from: FROM, to: 'm.example/r:tag' }, /needs a repository/],
    [
      'a release image that is skipped and sent elsewhere',
      { from: FROM, to: 'm.example/r', skipReleaseImage: true, toReleaseImage: 'm.example/r:x' },
      /exclude each other/,
    ],
    [
      'a release image at another registry',
      { from: FROM, to: 'm.example/r', toReleaseImage: 'n.example/r:x' },
      /in different places/,
    ],
    [
      'a release on a disk without its tag',
      { from: 'file://openshift/release', to: 'm.example/r' },
      /has no tag/,
    ],
    [
      'a release image without a tag',
      { from: FROM, to: 'm.example/r', toReleaseImage: 'm.example/r' },
      /has no tag/,
    ],
    [
      'other instructions than there are',
      { from: FROM, to: 'm.example/r', printMirrorInstructions: 'yes' },
      /may not be yes/,
    ],
    [
      'signatures of a release whose signature is not looked at',
      { from: FROM, to: 'm.example/r', ignoreReleaseSignature: true, releaseImageSignatureToDir: 'd' },
      /exclude each other/,
    ],
  ] as const)
    it(`with ${why} is refused, with a hint`, () => {
      assert.throws(
        () => releaseWish(args),
        error => error instanceof MirrorformError && problem.test(error.message) && error.hint !== undefined,
      )
    })

  for (const [text, kind] of [
    ['4.16.3', 'version'],
    [FROM, 'reference'],
    ['file://openshift/release:4.16.3-x86_64', 'disk'],
  ] as const)
    it(`named ${text} is a ${kind}`, () => {
      assert.equal(releaseWish({ from: text, to: 'm.example/r' }).from.kind, kind)
    })

  for (const [more, target] of [
    [{ to: 'm.example:5000/ocp4/openshift4' }, 'docker://m.example:5000/ocp4'],
    [{ to: 'm.example:5000/openshift4' }, 'docker://m.example:5000'],
    [{ to: 'm.example/ocp4/a', toReleaseImage: 'm.example/ocp4/b:x' }, 'docker://m.example/ocp4'],
    [{ to: 'm.example/ocp4/a', toReleaseImage: 'm.example/other/b:x' }, 'docker://m.example'],
    [{ toDir: 'media' }, 'oci://media/v2'],
    [{ toDir: 'media', to: 'm.example/ocp4/a' }, 'docker://m.example/ocp4'],
  ] as const)
    it(`${Object.values(more).join(' and ')}: the target is ${target}`, () => {
      assert.equal(formatTarget(releaseWish({ from: FROM, ...more }).target), target)
    })

  it('into a folder has its signatures beside it, whatever else is said', () => {
    assert.equal(releaseWish({ from: FROM, toDir: 'media' }).signatureFolder, 'media/config')
    const elsewhere = { toDir: 'media', releaseImageSignatureToDir: 'there' }
    assert.equal(releaseWish({ from: FROM, ...elsewhere }).signatureFolder, 'there')
    assert.equal(releaseWish({ from: FROM, to: 'm.example/r' }).signatureFolder, undefined)
  })

  it('never goes into a folder that oc has written to', t => {
    const folder = temporaryFolder(t)
    mkdirSync(join(folder, 'v2'))
    assert.throws(() => releaseWish({ from: FROM, toDir: folder }), /was not written by mirrorform/)
  })

  it('has its instructions in any case of letters', () => {
    assert.equal(releaseWish({ from: FROM, to: 'm.example/r' }).instructions, 'icsp')
    const idms = releaseWish({ from: FROM, to: 'm.example/r', printMirrorInstructions: 'IDMS' })
    assert.equal(idms.instructions, 'idms')
  })

  it('on a disk is named as oc names it', () => {
    const wish = releaseWish({ from: FROM, toDir: 'media', to: 'file://openshift/release' })
    const place = { repository: wish.choice.to.repository, tag: parseTag('4.16.3-x86_64') }
    assert.equal(placeText(wish, place), 'file://openshift/release:4.16.3-x86_64')
  })
})

describe('a catalog to mirror', () => {
  for (const [why, act] of [
    ['no destination', () => catalogWish('quay.io/olm/index:v1', '')],
    ['a tag in the destination', () => catalogWish('quay.io/olm/index:v1', 'm.example/a:b')],
    ['one component only', () => catalogWish('quay.io/olm/index:v1', 'm.example', { maxComponents: 1 })],
    ['too large a policy', () => catalogWish('quay.io/olm/index:v1', 'm.example', { maxIcspSize: 250_001 })],
    ['a policy of no size', () => catalogWish('quay.io/olm/index:v1', 'm.example', { maxIdmsSize: 0 })],
    ['another scope', () => catalogWish('quay.io/olm/index:v1', 'm.example', { icspScope: 'namespace' })],
    ['a filter that is none', () => catalogWish('quay.io/olm/index:v1', 'm.example', { filterByOs: '(' })],
    [
      'stopping at errors',
      () => catalogWish('quay.io/olm/index:v1', 'm.example', { continueOnError: false }),
    ],
    ['a disk on both sides', () => catalogWish('file://local/index/a:1', 'file:///local/other')],
    ['a catalog on a disk without its tag', () => catalogWish('file://local/index/a', 'm.example')],
  ] as const)
    it(`with ${why} is refused, with a hint`, () => {
      assert.throws(act, error => error instanceof MirrorformError && error.hint !== undefined)
    })

  for (const [source, destination, target, mountPoint, name] of [
    ['quay.io/olm/index:v1', 'm.example:5000', 'docker://m.example:5000', '', 'index'],
    ['quay.io/olm/deep/index:v1', 'm.example/org', 'docker://m.example/org', 'org', 'deep-index'],
    ['quay.io/olm/index:v1', 'file:///local/index', 'oci://v2', 'local/index', 'index'],
    ['file://local/index/olm/index:v1', 'm.example', 'docker://m.example', '', 'index-olm-index'],
    ['quay.io/olm/index:v1', 'm.example/org/sub', 'docker://m.example/org', 'org/sub', 'index'],
    ['quay.io/olm/index:v1', 'm.example/a/b/c', 'docker://m.example/a', 'a/b/c', 'index'],
  ] as const)
    it(`${source} to ${destination}: the target is ${target}, manifests are named ${name}`, () => {
      const wish = catalogWish(source, destination)
      assert.deepEqual([formatTarget(wish.target), wish.mountPoint, wish.name], [target, mountPoint, name])
    })

  it('has all its images below the target, however deep paths may be', () => {
    for (const [maxComponents, target] of [
      [0, 'docker://m.example/a/b/c'],
      [3, 'docker://m.example/a/b'],
      [4, 'docker://m.example/a/b/c'],
    ] as const) {
      const wish = catalogWish('quay.io/olm/index:v1', 'm.example/a/b/c', { maxComponents })
      assert.equal(formatTarget(wish.target), target)
      assert.ok(
        mountPath(wish.mountPoint, 'olm/index', maxComponents).startsWith(
          `${target.slice('docker://m.example/'.length)}/`,
        ),
      )
    }
  })

  it('keeps its paths on a disk, and is folded to two components elsewhere', () => {
    assert.equal(catalogWish('quay.io/olm/index:v1', 'file:///local/index').maxComponents, 0)
    assert.equal(catalogWish('quay.io/olm/index:v1', 'm.example').maxComponents, 2)
  })
})
