/**
 * Resources of real mirrors: nodes find images at the mirror when their source is gone, plans show what they change, and
 * a mirror that oc-mirror v2 filled has the same resources as one that was filled here.
 */
import assert from 'node:assert/strict'
import { copyFileSync, existsSync, mkdirSync } from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'
import { parseAllDocuments } from 'yaml'
import { digestTag } from '../../lib/oci/reference.ts'
import { skipWithout, startDockerRegistry } from '../../testdata/docker-registry.ts'
import { buildImage, buildMultiArch } from '../../testdata/images.ts'
import { type MirrorScene, mirrorScene, PLAN, STATE } from '../../testdata/mirror-scene.ts'
import { pushToServer } from '../../testdata/push.ts'
import { rawDigest, skopeo } from '../../testdata/skopeo.ts'
import { startTestRegistry } from '../../testdata/test-registry.ts'

const OUT = 'out'
const RESOURCES = ['--resources', OUT]
const app = buildMultiArch({ seed: 'app' })
const tool = buildImage({ seed: 'tool' })
const base = buildImage({ seed: 'base' })

test('with the drop-in and without the source, skopeo copies images by their own names from the mirror', {
  skip: skipWithout('docker-registry', 'skopeo'),
}, async t => {
  const [source, mirror] = await Promise.all([startDockerRegistry(), startDockerRegistry()])
  t.after(() => Promise.all([source.close(), mirror.close()]))
  await pushToServer(source.url, 'acme/app', '1', app)
  await pushToServer(source.url, 'tools/tool', '2', tool)
  await pushToServer(source.url, 'acme/base', '3', base)
  const scene = mirrorScene(t, `docker://${mirror.host}/enc1`)
  const byDigest = `${source.host}/acme/app@${app.manifest.digest}`
  scene.want(byDigest, `${source.host}/tools/tool:2`, {
    name: `${source.host}/acme/base:3`,
    targetRepo: 'custom/base',
  })
  await scene.apply(...RESOURCES)
  await source.close()
  const copy = (name: string, to: string): Promise<Buffer> =>
    skopeo(scene, 'copy', '--all', '--src-tls-verify=false', `docker://${name}`, `dir:${scene.path(to)}`)
  await assert.rejects(copy(byDigest, 'before'))
  const dropIns = path.join(scene.home, '.config/containers/registries.conf.d')
  mkdirSync(dropIns, { recursive: true })
  copyFileSync(
    scene.path(OUT, 'nodes/registries.conf.d/mirrorform.conf'),
    path.join(dropIns, 'mirrorform.conf'),
  )
  await copy(byDigest, 'app')
  await copy(`${source.host}/tools/tool:2`, 'tool')
  await copy(`${source.host}/tools/tool@${tool.manifest.digest}`, 'tool-by-digest')
  await copy(`${source.host}/acme/base:3`, 'base')
  assert.equal(await rawDigest(scene, `dir:${scene.path('app')}`), app.manifest.digest)
  assert.equal(await rawDigest(scene, `dir:${scene.path('tool')}`), tool.manifest.digest)
  assert.equal(await rawDigest(scene, `dir:${scene.path('base')}`), base.manifest.digest)
})

/** Objects of mirror sets with the registry's name taken out. */
function mirrorSets(scene: MirrorScene, host: string): readonly unknown[] {
  return ['idms-oc-mirror.yaml', 'itms-oc-mirror.yaml'].flatMap(name =>
    parseAllDocuments(scene.read(`${OUT}/${name}`).replaceAll(host, 'MIRROR')).map(document =>
      document.toJS(),
    ),
  )
}

test('a mirror that oc-mirror v2 filled and one that was filled here have the same mirror sets', async t => {
  const [source, theirs, ours] = await Promise.all([
    startTestRegistry(t),
    startTestRegistry(t),
    startTestRegistry(t),
  ])
  const images = [
    ['acme/app', '1', app, 'acme/app', digestTag(app.manifest.digest)],
    ['tool', '2', tool, 'tool', '2'],
    ['acme/base', '3', base, 'custom/base', '3'],
  ] as const
  for (const [repository, tag, image, place, placeTag] of images) {
    await pushToServer(source.url, repository, tag, image)
    await pushToServer(theirs.url, `ns/${place}`, placeTag, image)
  }
  const scenes = [theirs, ours].map(({ host }) => mirrorScene(t, `docker://${host}/ns`))
  const [imported, applied] = scenes
  assert.ok(imported !== undefined && applied !== undefined)
  for (const scene of scenes)
    scene.want(`${source.host}/acme/app@${app.manifest.digest}`, `${source.host}/tool:2`, {
      name: `${source.host}/acme/base:3`,
      targetRepo: 'custom/base',
    })
  const taken = await imported.at('import')
  assert.equal(taken.code, 0, taken.output)
  await applied.apply()
  for (const scene of scenes) {
    const made = await scene.run(['resources', '--state', STATE, '--out', OUT])
    assert.equal(made.code, 0, made.output)
  }
  assert.deepEqual(mirrorSets(imported, theirs.host), mirrorSets(applied, ours.host))
  assert.deepEqual(
    mirrorSets(applied, ours.host).map(object => JSON.stringify(object)),
    [
      {
        apiVersion: 'config.openshift.io/v1',
        kind: 'ImageDigestMirrorSet',
        metadata: { name: 'idms-generic-0' },
        spec: { imageDigestMirrors: [{ mirrors: ['MIRROR/ns/acme'], source: `${source.host}/acme` }] },
      },
      {
        apiVersion: 'config.openshift.io/v1',
        kind: 'ImageTagMirrorSet',
        metadata: { name: 'itms-generic-0' },
        spec: {
          imageTagMirrors: [
            { mirrors: ['MIRROR/ns'], source: source.host },
            { mirrors: ['MIRROR/ns/custom/base'], source: `${source.host}/acme/base` },
          ],
        },
      },
    ].map(object => JSON.stringify(object)),
  )
})

test('a plan shows what it changes in the folder, apply writes it, and then nothing is left to change', async t => {
  const [source, target] = await Promise.all([startTestRegistry(t), startTestRegistry(t)])
  await pushToServer(source.url, 'acme/app', '1', app)
  await pushToServer(source.url, 'tools/tool', '2', tool)
  const scene = mirrorScene(t, `docker://${target.host}/ns`)
  scene.want(`${source.host}/acme/app:1`)
  const first = await scene.at('plan', ['-o', PLAN, ...RESOURCES])
  assert.equal(first.code, 0, first.output)
  const alone = await scene.applySaved('--icsp')
  assert.equal(alone.code, 1)
  assert.match(alone.stderr, /--icsp is about resources, and there is no --resources here/)
  assert.match(first.stdout, /Resources in out: \d files to change, 0 unchanged/)
  assert.match(first.stdout, /^\+ itms-oc-mirror\.yaml {3}applying it restarts nodes, one after the other$/m)
  assert.match(first.stdout, new RegExp(`^\\+    source: ${source.host}/acme$`, 'm'))
  assert.ok(!existsSync(scene.path(OUT)))
  const applied = await scene.applySaved(...RESOURCES)
  assert.equal(applied.code, 0, applied.output)
  assert.match(applied.stdout, /Resources in out: \d files changed\. Apply them with: oc apply -f out/)
  const again = await scene.at('plan', RESOURCES)
  assert.match(again.stdout, /Resources in out: unchanged/)
  scene.want(`${source.host}/acme/app:1`, `${source.host}/tools/tool:2`)
  const more = await scene.at('plan', RESOURCES)
  assert.match(more.stdout, /^~ itms-oc-mirror\.yaml/m)
  assert.match(more.stdout, new RegExp(`^ {5}source: ${source.host}/acme$`, 'm'))
  assert.match(more.stdout, new RegExp(`^\\+ {4}source: ${source.host}/tools$`, 'm'))
  const review = await scene.at('plan', ['--markdown', ...RESOURCES])
  assert.match(
    review.stdout,
    /^~~~diff\nResources in out: 2 files to change[^~]*\n~ itms-oc-mirror\.yaml[\s\S]*\n~~~$/m,
  )
  const both = await scene.apply(...RESOURCES)
  assert.match(both.stdout, /^~ itms-oc-mirror\.yaml/m)
  assert.match(both.stdout, /Resources in out: 2 files changed/)
})

test('what cannot be made of a plan is found before anything is applied', async t => {
  const [source, target] = await Promise.all([startTestRegistry(t), startTestRegistry(t)])
  await pushToServer(source.url, 'acme/app', '1', app)
  const scene = mirrorScene(t, `docker://${target.host}/ns`)
  scene.want(`${source.host}/acme/app:1`)
  await scene.plan()
  scene.write(`${OUT}/itms-oc-mirror.yaml`, 'theirs\n')
  target.clearRequests()
  const { code, stderr } = await scene.applySaved(...RESOURCES)
  assert.equal(code, 1)
  assert.match(stderr, /out has files that mirrorform did not write: itms-oc-mirror\.yaml/)
  assert.deepEqual(target.requests, [])
  assert.ok(!existsSync(scene.path(STATE)))
})
