/** Samples of a cluster: from its ConfigMap to a mirror, and to what makes the cluster import them from there. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { type DockerRegistry, skipWithout, startDockerRegistry } from '../../testdata/docker-registry.ts'
import { buildImage } from '../../testdata/images.ts'
import { IMAGE_SET, mirrorScene, STATE } from '../../testdata/mirror-scene.ts'
import { pushToServer } from '../../testdata/push.ts'
import { digestAt } from '../../testdata/release-scene.ts'
import { samplesConfigMap } from '../../testdata/sample-streams.ts'

describe('with docker-registry', { skip: skipWithout('docker-registry') }, () => {
  let a: DockerRegistry
  let b: DockerRegistry
  const image = buildImage({ seed: 'ruby' })
  before(async () => {
    ;[a, b] = await Promise.all([startDockerRegistry(), startDockerRegistry()])
    await pushToServer(a.url, 'ubi9/ruby-33', 'latest', image)
    await pushToServer(a.url, 'deep/er/nginx', '1', image)
  })
  after(() => Promise.all([a.close(), b.close()]))

  const imageSet = (...names: readonly string[]) =>
    JSON.stringify({
      apiVersion: 'mirror.openshift.io/v2alpha1',
      kind: 'ImageSetConfiguration',
      mirror: { samples: names.map(name => ({ name })) },
    })

  test('samples are planned with their names, mirrored to where the operator looks, and nothing changes afterwards', async t => {
    const scene = mirrorScene(t, `docker://${b.host}/samples`)
    scene.write(IMAGE_SET, imageSet('ruby'))
    scene.write(
      'map.yaml',
      samplesConfigMap({ 'ruby:3.3': `${a.host}/ubi9/ruby-33:latest`, 'nginx:1': `${a.host}/x/nginx:1` }),
    )
    const from = ['--samples-from', 'map.yaml']
    const shown = await scene.at('plan', from)
    assert.equal(shown.code, 0, shown.output)
    assert.match(shown.stdout, /samples/i)
    await scene.apply(...from, '--resources', 'out')
    assert.equal(await digestAt(b.url, 'samples/ubi9/ruby-33:latest'), image.manifest.digest)
    const config = scene.read('out/samples-operator.yaml')
    assert.match(config, new RegExp(`samplesRegistry: ${b.host}/samples\n`))
    assert.match(config, /skippedImagestreams:\n {2}- jenkins\n {2}- jenkins-agent-base\n {2}- nginx\n$/)
    const again = await scene.plan(...from)
    assert.deepEqual(again.document.changes, [])
    const why = await scene.run(['why', 'samples/ubi9/ruby-33:latest', '--state', STATE, '-c', IMAGE_SET])
    assert.match(why.stdout, /sample ruby:3\.3/)
    assert.match(why.stdout, /imageset\.yaml:1/)
    const offline = await scene.run(['resources', '--state', STATE, ...from, '--out', 'out'])
    assert.match(offline.stdout, /^out: unchanged/)
  })

  for (const [what, names, args, said] of [
    [
      'samples without a list of them',
      ['ruby'],
      [],
      /imageset\.yaml:1: mirror\.samples names image streams[\s\S]*--samples-from FILE/,
    ],
    [
      'a sample that is not there',
      ['rubi'],
      ['--samples-from', 'map.yaml'],
      /there is no sample "rubi"; did you mean "ruby"/,
    ],
    [
      'a name that is none',
      ['quay.io/a/b'],
      ['--samples-from', 'map.yaml'],
      /"quay\.io\/a\/b" is not the name of an image stream/,
    ],
    [
      'a file that is not there',
      ['ruby'],
      ['--samples-from', 'no.yaml'],
      /cannot read samples no\.yaml: there is no such file/,
    ],
    ['a file of something else', ['ruby'], ['--samples-from', IMAGE_SET], /holds neither the ConfigMap/],
  ] as const)
    test(`a plan is refused for ${what}`, async t => {
      const scene = mirrorScene(t, `docker://${b.host}/refused`)
      scene.write(IMAGE_SET, imageSet(...names))
      scene.write('map.yaml', samplesConfigMap({ 'ruby:3.3': `${a.host}/ubi9/ruby-33:latest` }))
      const result = await scene.at('plan', args)
      assert.equal(result.code, 1, result.output)
      assert.match(result.stderr.replace(/\n +/g, ' '), said)
    })
})
