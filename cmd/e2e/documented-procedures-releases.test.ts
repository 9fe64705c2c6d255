/** The page of docs/migrate about `oc adm release`, line by line, with docker-registry and skopeo. */
import assert from 'node:assert/strict'
import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { after, before, describe, test } from 'node:test'
import { type DockerRegistry, skipWithout, startDockerRegistry } from '../../testdata/docker-registry.ts'
import { typist } from '../../testdata/documented-lines.ts'
import { PROCEDURES } from '../../testdata/documented-procedures.ts'
import { commandImage, fakeInstaller } from '../../testdata/release-commands.ts'
import { digestAt, releaseScene, releaseSource, tagsAt } from '../../testdata/release-scene.ts'
import { buildRelease, registriesConf } from '../../testdata/releases.ts'
import { rawDigest } from '../../testdata/skopeo.ts'

const FROM = 'quay.io/openshift-release-dev/ocp-release:4.16.3-x86_64'
const LINUX = ['--command-os', 'linux/amd64']

describe('with docker-registry and skopeo', { skip: skipWithout('docker-registry', 'skopeo') }, () => {
  let a: DockerRegistry
  let b: DockerRegistry
  before(async () => {
    ;[a, b] = await Promise.all([startDockerRegistry(), startDockerRegistry()])
  })
  after(() => Promise.all([a.close(), b.close()]))

  test('the lines of the page mirror a release to a registry and through a folder, and take the installer out of it', async t => {
    const source = await releaseSource(a)
    const installer = commandImage({ 'usr/bin/openshift-install': fakeInstaller() })
    const release = buildRelease({ version: '4.16.3', components: { etcd: 'etcd', installer } })
    await source.push(release)
    const scene = await releaseScene(t, source, `docker://${b.host}/ocp4`)
    await scene.publish('stable-4.16', [release])
    scene.write('pull-secret.json', '{"auths":{}}')
    const repository = 'ocp4/openshift4'
    const { type, finish } = typist(scene, PROCEDURES.releases, {
      SECRET: 'pull-secret.json',
      MEDIA: 'media',
      FILE: 'icsp.yaml',
      'REG/REPO': `${b.host}/${repository}`,
    })

    await type(
      `mirrorform adm release mirror -a SECRET --from=${FROM} --to=REG/REPO --to-release-image=REG/REPO:4.16.3-x86_64 --dry-run`,
    )
    assert.deepEqual(await tagsAt(b.url, repository), [])
    const direct = `${b.host}/direct/openshift4`
    await type(
      `mirrorform adm release mirror -a SECRET --from=${FROM} --to=REG/REPO --to-release-image=REG/REPO:4.16.3-x86_64`,
      { words: { 'REG/REPO': direct } },
    )
    assert.equal(await rawDigest(scene, `docker://${direct}:4.16.3-x86_64`), release.payload.manifest.digest)
    await type(`mirrorform adm release mirror -a SECRET --to-dir=MEDIA/mirror ${FROM}`)

    // The other side of the gap: nothing but the folder, and the registry there.
    const far = await releaseScene(t, source, scene.target)
    renameSync(scene.path('media'), far.path('media'))
    far.write('pull-secret.json', '{"auths":{}}')
    writeFileSync(`${far.root}/registries.conf`, registriesConf('127.0.0.1:1', ['quay.io']))
    const there = { at: far, env: { OCP_SIGNATURE_URL: 'http://127.0.0.1:1/' } }
    await type(
      'mirrorform image mirror -a SECRET --from-dir=MEDIA/mirror "file://openshift/release:4.16.3*" REG/REPO',
      { ...there, more: ['--state', 'copied.state.json'] },
    )
    assert.equal((await tagsAt(b.url, repository)).length, 3)
    await type(
      'mirrorform adm release mirror -a SECRET --from-dir=MEDIA/mirror --from=file://openshift/release:4.16.3-x86_64 --to=REG/REPO',
      there,
    )
    assert.equal(await digestAt(b.url, `${repository}:4.16.3-x86_64`), release.payload.manifest.digest)
    const payload = await rawDigest(scene, `docker://${b.host}/${repository}:4.16.3-x86_64`)
    assert.equal(payload, release.payload.manifest.digest)

    await type(
      'mirrorform adm release extract -a SECRET --command=openshift-install "REG/REPO:4.16.3-x86_64"',
      {
        ...there,
        more: LINUX,
      },
    )
    assert.ok(readFileSync(far.path('openshift-install')).includes(`${b.host}/${repository}@${payload}`))
    far.write(
      'icsp.yaml',
      `apiVersion: operator.openshift.io/v1alpha1\nkind: ImageContentSourcePolicy\nmetadata: {name: mirror}\nspec:\n  repositoryDigestMirrors:\n  - source: quay.io/openshift-release-dev/ocp-v4.0-art-dev\n    mirrors: [${b.host}/${repository}]\n`,
    )
    const taken = await type(
      'mirrorform adm release extract -a SECRET --icsp-file=FILE --command=openshift-install "REG/REPO:4.16.3-x86_64" --insecure=true',
      { ...there, more: LINUX },
    )
    assert.match(taken.stdout, /openshift-install of 4\.16\.3/)
    finish()
  })
})
