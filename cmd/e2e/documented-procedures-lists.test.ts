/**
 * The page of docs/migrate about skopeo sync, regsync, hauler and plain lists, line by line, with docker-registry and
 * skopeo: a mirror that skopeo sync has filled is taken over as it is.
 */
import assert from 'node:assert/strict'
import { cpSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { after, before, describe, type TestContext, test } from 'node:test'
import { parseImageSet } from '../../lib/config/index.ts'
import { packageOf, sampleChart } from '../../testdata/charts.ts'
import { type DockerRegistry, skipWithout, startDockerRegistry } from '../../testdata/docker-registry.ts'
import { typist } from '../../testdata/documented-lines.ts'
import { PROCEDURES } from '../../testdata/documented-procedures.ts'
import { buildImage } from '../../testdata/images.ts'
import { pushToServer } from '../../testdata/push.ts'
import { digestAt, tagsAt } from '../../testdata/release-scene.ts'
import { registriesConf } from '../../testdata/releases.ts'
import { type CliWorkspace, cliWorkspace } from '../../testdata/run-cli.ts'
import { rawDigest, skopeo } from '../../testdata/skopeo.ts'

const v1 = buildImage({ seed: 'v1' })

describe('with docker-registry and skopeo', {
  skip: skipWithout('docker-registry', 'skopeo'),
  concurrency: 2,
}, () => {
  let a: DockerRegistry
  let b: DockerRegistry
  before(async () => {
    ;[a, b] = await Promise.all([startDockerRegistry(), startDockerRegistry()])
    await pushToServer(a.url, 'acme/app', 'v1', v1)
    await pushToServer(a.url, 'acme/app', 'v2', buildImage({ seed: 'v2' }))
    for (const tag of ['1.0', '1.0.0'])
      await pushToServer(a.url, 'acme/tool', tag, buildImage({ seed: 'tool' }))
  })
  after(() => Promise.all([a.close(), b.close()]))

  function workspace(t: TestContext): CliWorkspace {
    const made = cliWorkspace(t)
    writeFileSync(path.join(made.root, 'registries.conf'), registriesConf(a.host, ['quay.io', 'docker.io']))
    return made
  }

  const namesIn = (scene: CliWorkspace): readonly string[] =>
    parseImageSet({ path: 'imageset.yaml', text: scene.read('imageset.yaml') }).additionalImages.map(
      ({ name, targetRepo }) => (targetRepo === undefined ? name : `${name} => ${targetRepo}`),
    )

  test('what skopeo sync has mirrored is taken over without copying, and the lines of the page mirror the same', async t => {
    const scene = workspace(t)
    const { type, finish } = typist(scene, PROCEDURES.skopeo, {
      'REG/NS': `${b.host}/skopeo`,
      SRC: `${a.host}/acme/tool:1.0`,
      DST: `${b.host}/copied/tool:1.0`,
      DIR: 'disc',
    })
    scene.write(
      'sync.yaml',
      `${a.host}:\n  tls-verify: false\n  images:\n    acme/app: [v1, v2]\n    acme/tool: ["1.0"]\n`,
    )
    const words = ['sync', '--src', 'yaml', '--dest', 'docker', '--dest-tls-verify=false']
    await skopeo(scene, ...words, scene.path('sync.yaml'), `${b.host}/skopeo`)
    await type('mirrorform import-config sync.yaml --paths last -o imageset.yaml')
    const planned = await type('mirrorform plan -c imageset.yaml --to docker://REG/NS')
    assert.match(planned.stdout, /Plan: 3 to adopt\. No blobs to copy/)

    await type('mirrorform import-config sync.yaml --paths scoped -o imageset.yaml')
    const host = a.host.replace(':', '-')
    assert.equal(namesIn(scene)[0], `${a.host}/acme/app:v1 => ${host}/acme/app`)
    const imported = await type('mirrorform import-config sync.yaml -o imageset.yaml')
    assert.match(imported.stderr, /^Warning: not carried over: sync\.yaml:2:3: tls-verify: false of/m)
    await type('mirrorform plan -c imageset.yaml --to docker://REG/NS -o mirror.plan.json')
    await type('mirrorform apply mirror.plan.json')
    assert.equal(await rawDigest(scene, `docker://${b.host}/skopeo/acme/app:v1`), v1.manifest.digest)

    const disc = ['--state', 'disc.state.json']
    await type('mirrorform plan -c imageset.yaml --to file://DIR --for docker://REG/NS -o p.json', {
      more: disc,
    })
    await type('mirrorform apply p.json')
    const far = workspace(t)
    cpSync(scene.path('disc'), far.path('disc'), { recursive: true })
    await type('mirrorform plan --from file://DIR --to docker://REG/NS -o p.json', { at: far })
    await type('mirrorform apply p.json', { at: far })

    const others = ['--state', 'others.state.json']
    await type('mirrorform image mirror --filter-by-os=.* "quay.io/acme/app:*" REG/NS/app', { more: others })
    assert.deepEqual(await tagsAt(b.url, 'skopeo/app'), ['v1', 'v2'])
    await type('mirrorform image mirror --filter-by-os=.* SRC DST', { more: others })
    assert.ok(await digestAt(b.url, 'copied/tool:1.0'))
    finish()
  })

  test('regsync files, hauler manifests and plain lists become image sets that are mirrored', async t => {
    const scene = workspace(t)
    const { type, finish } = typist(scene, PROCEDURES.otherLists, {
      REG: b.host,
      'REG/NS': `${b.host}/hauler`,
      DIR: 'disc',
    })
    scene.write(
      'regsync.yaml',
      `version: 1\nsync:\n  - source: quay.io/acme/app\n    target: ${b.host}/regsync/app\n    type: repository\n    tags: {allow: ["v[0-9]"]}\n`,
    )
    await type('mirrorform import-config regsync.yaml --expand -o imageset.yaml')
    await type('mirrorform apply -c imageset.yaml --to docker://REG --yes')
    assert.equal(await rawDigest(scene, `docker://${b.host}/regsync/app:v1`), v1.manifest.digest)
    assert.deepEqual(await tagsAt(b.url, 'regsync/app'), ['v1', 'v2'])
    const again = await type('mirrorform plan -c imageset.yaml --to docker://REG')
    assert.match(again.stdout, /No changes/)

    writeFileSync(scene.path('web.tgz'), packageOf('tool', sampleChart('tool', '1.0.0', 'quay.io')))
    scene.write(
      'hauler.yaml',
      [
        'apiVersion: content.hauler.cattle.io/v1\nkind: Images\nspec: {images: [{name: "quay.io/acme/app:v1"}]}',
        'apiVersion: content.hauler.cattle.io/v1\nkind: Charts\nspec: {charts: [{name: web.tgz, repoURL: .}]}\n',
      ].join('\n---\n'),
    )
    await type('mirrorform import-config hauler.yaml -o imageset.yaml')
    const planned = await type(
      'mirrorform plan -c imageset.yaml --to file://DIR --for docker://REG/NS --carry-charts -o p.json',
    )
    assert.match(planned.stdout, /chart tool 1\.0\.0, \S+ \S+ +2 images/)
    await type('mirrorform apply p.json')

    scene.write('k3s-images.txt', '# k3s\nacme/app:v1\nquay.io/acme/tool:1.0\n')
    await type('mirrorform import-config k3s-images.txt -o imageset.yaml')
    assert.deepEqual(namesIn(scene), ['docker.io/acme/app:v1', 'quay.io/acme/tool:1.0'])
    finish()
  })
})
