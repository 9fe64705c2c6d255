/** Helm charts in trouble: images that are not there, and a helm of the user's that renders them, or does not. */
import assert from 'node:assert/strict'
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { type ChartTexts, chartsText, sampleChart } from '../../testdata/charts.ts'
import { type DockerRegistry, skipWithout, startDockerRegistry } from '../../testdata/docker-registry.ts'
import { buildImage } from '../../testdata/images.ts'
import { actionsOf, IMAGE_SET, type MirrorScene, mirrorScene } from '../../testdata/mirror-scene.ts'
import { pushToServer } from '../../testdata/push.ts'

const skip = skipWithout('docker-registry')

describe('with docker-registry', { skip, concurrency: 2 }, () => {
  let source: DockerRegistry
  let target: DockerRegistry
  before(async () => {
    ;[source, target] = await Promise.all([startDockerRegistry(), startDockerRegistry()])
    for (const [name, tag] of [
      ['disk', '0.1.0'],
      ['init', '7'],
    ] as const)
      await pushToServer(source.url, `acme/${name}`, tag, buildImage({ seed: `${name} ${tag}` }))
  })
  after(() => Promise.all([source.close(), target.close()]))

  test('an image of a chart that is not there is left out and told, and the others come', async t => {
    const scene = mirrorScene(t, `docker://${target.host}/lacking`)
    const chart = (init: string) =>
      writeChart(
        scene,
        'charts/disk',
        sampleChart('disk', '0.1.0', source.host, {
          'templates/job.yaml': `kind: Job\nspec: {containers: [{image: "${source.host}/acme/${init}"}]}\n`,
        }),
      )
    scene.write(IMAGE_SET, chartsText({ local: [{ path: 'charts/disk' }] }))
    chart('withdrawn:1')
    const { document, plan } = await scene.plan()
    assert.deepEqual(actionsOf(document), { add: 1 })
    const { output } = await scene.at('plan')
    assert.match(output, /Incomplete charts: their other images are copied/)
    assert.match(output, /! chart disk 0\.1\.0 \(charts\/disk\)/)
    assert.match(output.replace(/\s+/g, ' '), /acme\/withdrawn:1 does not exist/)
    assert.equal(plan.incomplete?.length, 1)
    const applied = await scene.applySaved()
    assert.equal(applied.code, 4, applied.output)
    assert.match(applied.output, /1 chart incomplete, because images cannot be found/)
    chart('init:7')
    assert.deepEqual(actionsOf((await scene.plan()).document), { add: 1 })
    assert.equal((await scene.applySaved()).code, 0)
    scene.write(
      IMAGE_SET,
      `${chartsText({ local: [{ path: 'charts/disk' }] })}  additionalImages: [{name: "${source.host}/acme/gone:1"}]\n`,
    )
    const refused = await scene.at('plan')
    assert.equal(refused.code, 1, 'what an image set names itself has to be there')
  })

  test('charts are rendered by the helm that is named, and what it complains of stops the plan', async t => {
    const scene = mirrorScene(t, `docker://${target.host}/binary`)
    writeChart(scene, 'charts/disk', sampleChart('disk', '0.1.0', source.host))
    scene.write(IMAGE_SET, chartsText({ local: [{ path: 'charts/disk' }] }))
    const helm = scene.path('helm')
    const script = (what: string) =>
      writeFileSync(helm, `#!/bin/sh\nif [ "$1" = version ]; then echo v3.19.0; exit; fi\n${what}\n`)
    script(`echo 'kind: Pod\nspec: {containers: [{image: "${source.host}/acme/init:7"}]}'`)
    chmodSync(helm, 0o755)
    const { document, plan } = await scene.plan('--helm-binary', helm)
    assert.deepEqual(
      document.changes.map(({ destination }) => destination.replace(/^.*\/binary\//, '')),
      ['acme/init:7'],
    )
    assert.match(plan.notes.join(), /rendered by helm v3\.19\.0/)
    script('echo "Error: no template" >&2; exit 1')
    const refused = await scene.at('plan', ['--helm-binary', helm])
    assert.equal(refused.code, 1)
    assert.match(refused.output.replace(/\s+/g, ' '), /helm cannot render charts\/disk: Error: no template/)
  })
})

function writeChart(scene: MirrorScene, folder: string, files: ChartTexts): void {
  for (const [path, text] of Object.entries(files)) {
    const file = scene.path(folder, path)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, text)
  }
}
