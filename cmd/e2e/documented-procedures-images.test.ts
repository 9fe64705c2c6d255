/** The pages of docs/migrate about single images and samples, line by line, with docker-registry and skopeo. */
import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { after, before, describe, test } from 'node:test'
import { makeCertificates } from '../../testdata/certificates.ts'
import { type DockerRegistry, skipWithout, startDockerRegistry } from '../../testdata/docker-registry.ts'
import { typist } from '../../testdata/documented-lines.ts'
import { PROCEDURES } from '../../testdata/documented-procedures.ts'
import { buildImage } from '../../testdata/images.ts'
import { pushToServer } from '../../testdata/push.ts'
import { digestAt, tagsAt } from '../../testdata/release-scene.ts'
import { registriesConf } from '../../testdata/releases.ts'
import { cliWorkspace } from '../../testdata/run-cli.ts'
import { samplesConfigMap } from '../../testdata/sample-streams.ts'
import { rawDigest } from '../../testdata/skopeo.ts'

describe('with docker-registry and skopeo', {
  skip: skipWithout('docker-registry', 'skopeo', 'openssl'),
  concurrency: 2,
}, () => {
  let a: DockerRegistry
  let b: DockerRegistry
  const [one, two] = [buildImage({ seed: 'one' }), buildImage({ seed: 'two' })]
  before(async () => {
    ;[a, b] = await Promise.all([startDockerRegistry(), startDockerRegistry()])
    await pushToServer(a.url, 'acme/one', 'v1', one)
    await pushToServer(a.url, 'acme/two', 'v1', two)
    for (const tag of ['4.16.1', '4.16.2', '4.17.0']) await pushToServer(a.url, 'acme/many', tag, two)
    await pushToServer(a.url, 'ubi9/ruby-33', 'latest', one)
  })
  after(() => Promise.all([a.close(), b.close()]))

  test('the lines of the page about oc image mirror mirror images, through mapping files and folders as well', async t => {
    const scene = cliWorkspace(t)
    const { type, finish } = typist(scene, PROCEDURES.images, {
      SRC: `${a.host}/acme/one:v1`,
      DST: `${b.host}/images/one:v1`,
      SRC2: `${a.host}/acme/two:v1`,
      DST2: `${b.host}/images/two:v1`,
      DIR: 'disk',
      REPO: `${a.host}/acme/many`,
      'REG/a/b': `${b.host}/images/b`,
    })
    await type('mirrorform image mirror SRC DST')
    await type('mirrorform image mirror SRC=DST SRC2=DST2')
    assert.equal(await rawDigest(scene, `docker://${b.host}/images/two:v1`), two.manifest.digest)

    scene.write('mapping.txt', `${a.host}/acme/one:v1=${b.host}/mapped/one:v1\n`)
    await type('mirrorform plan --mapping mapping.txt', { more: ['--skip-deletes'] })
    assert.deepEqual(await tagsAt(b.url, 'mapped/one'), [])
    await type('mirrorform plan --mapping mapping.txt -o p.json', { more: ['--skip-deletes'] })
    await type('mirrorform apply p.json')
    assert.equal(await digestAt(b.url, 'mapped/one:v1'), one.manifest.digest)

    scene.write('mapping.txt', `${a.host}/acme/two:v1=${b.host}/mapped/two:v1\n`)
    await type('mirrorform image mirror -f mapping.txt')
    assert.equal(await digestAt(b.url, 'mapped/two:v1'), two.manifest.digest)
    await type('mirrorform image mirror "REPO:4.16*" REG/a/b')
    assert.deepEqual(await tagsAt(b.url, 'images/b'), ['4.16.1', '4.16.2'])

    await type('mirrorform image mirror SRC file://a/b:1 --dir DIR')
    await type('mirrorform image mirror --from-dir DIR "file://a/b:*" REG/a/b')
    assert.equal(await digestAt(b.url, 'images/b:1'), one.manifest.digest)
    const planned = await type('mirrorform plan --mapping - --from-dir DIR', {
      input: `file://a/b:* ${b.host}/from-disk/b\n`,
      more: ['--skip-deletes'],
    })
    assert.match(planned.stdout, /from-disk\/b:1/)
    finish()
  })

  test('the lines of the page about samples mirror an image stream, and write what its operator needs', async t => {
    const scene = cliWorkspace(t)
    const conf = registriesConf(a.host, ['registry.redhat.io'])
    writeFileSync(path.join(scene.root, 'registries.conf'), conf)
    const { type, finish } = typist(scene, PROCEDURES.samples, {
      MIRROR_ADDR: `${b.host}/samples`,
      MIRROR: `${b.host.replace(':', '-')}-samples`,
    })
    scene.write(
      'imageset.yaml',
      'apiVersion: mirror.openshift.io/v2alpha1\nkind: ImageSetConfiguration\nmirror:\n  samples:\n    - name: ruby\n',
    )
    scene.write(
      'samples.yaml',
      samplesConfigMap({
        'ruby:3.3': 'registry.redhat.io/ubi9/ruby-33:latest',
        'nginx:1': 'quay.io/x/nginx:1',
      }),
    )
    scene.write('ca.crt', readFileSync(makeCertificates(scene.root).ca, 'utf8'))
    await type(
      'mirrorform image mirror registry.redhat.io/ubi9/ruby-33:latest MIRROR_ADDR/ubi9/ruby-33:latest',
      { more: ['--state', 'one-by-one.state.json'] },
    )
    const place = `${b.host}/samples/ubi9/ruby-33:latest`
    assert.equal(await rawDigest(scene, `docker://${place}`), one.manifest.digest)
    await type(
      'mirrorform plan -c imageset.yaml --to docker://MIRROR_ADDR --samples-from samples.yaml -o samples.plan.json',
    )
    const applied = await type('mirrorform apply samples.plan.json')
    assert.match(applied.output, /adopt|already there|taken/i, 'what is there is not copied again')
    await type(
      'mirrorform resources --state MIRROR.state.json --samples-from samples.yaml --samples-ca ca.crt --out samples',
    )
    const operator = scene.read('samples/samples-operator.yaml')
    assert.match(operator, new RegExp(`samplesRegistry: ${b.host}/samples\n[\\s\\S]*- nginx`))
    const authority = scene.read('samples/samples-ca.yaml')
    assert.match(authority, /name: registry-config[\s\S]*additionalTrustedCA/)
    finish()
  })
})
