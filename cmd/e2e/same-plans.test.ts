/** The same question gives the same plan, with a cache or without, and in whatever order the image set and the mappings say it. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decodePlan } from '../../lib/plan/plan-file.ts'
import { indexText, packageOf, sampleChart, startChartServer } from '../../testdata/charts.ts'
import { buildImage } from '../../testdata/images.ts'
import { PLAIN_HTTP } from '../../testdata/mirror-scene.ts'
import { pushToServer } from '../../testdata/push.ts'
import { cliWorkspace } from '../../testdata/run-cli.ts'
import { startTestRegistry } from '../../testdata/test-registry.ts'

test('charts, images and mappings give the same plan in any order, with a warm cache and a cold one', async t => {
  const [source, target] = await Promise.all([startTestRegistry(t), startTestRegistry(t)])
  const server = await startChartServer(t)
  const names = ['api', 'web']
  const entries = []
  for (const name of names) {
    await pushToServer(source.url, `acme/${name}`, '1.0.0', buildImage({ seed: name }))
    const archive = packageOf(name, sampleChart(name, '1.0.0', source.host))
    entries.push({ name, version: '1.0.0', archive })
    server.put(`/s/${name}-1.0.0.tgz`, archive)
  }
  server.put('/s/index.yaml', indexText(entries))
  const { run, read, write } = cliWorkspace(t)
  const images = names.map(name => ({ name: `${source.host}/acme/${name}:1.0.0`, targetTag: 'named' }))
  const charts = names.map(name => ({ name, version: '1.0.0' }))
  const lines = names.map(name => `${source.host}/acme/${name}:1.0.0=${target.host}/m/mapped/${name}:1`)
  const setOf = (mirror: object) =>
    JSON.stringify({ apiVersion: 'mirror.openshift.io/v2alpha1', kind: 'ImageSetConfiguration', mirror })
  const url = `${server.url}/s`
  const told = { additionalImages: images, helm: { repositories: [{ url, charts }] } }
  const turned = {
    helm: { repositories: [{ charts: charts.toReversed(), url }] },
    additionalImages: images.toReversed(),
  }
  async function planned(mirror: object, mapping: readonly string[], cache: string): Promise<string> {
    write('set.yaml', setOf(mirror))
    write('m.txt', `${mapping.join('\n')}\n`)
    const more = ['--carry-charts', '--cache-dir', cache, ...PLAIN_HTTP]
    const to = ['--to', `docker://${target.host}/m`, '-o', 'a.plan.json']
    const { code, output } = await run(['plan', '-c', 'set.yaml', '--mapping', 'm.txt', ...to, ...more])
    assert.equal(code, 0, output)
    return read('a.plan.json')
  }
  const cold = await planned(told, lines, 'one')
  assert.equal(await planned(told, lines, 'one'), cold)
  assert.equal(await planned(told, lines, 'two'), cold)
  const [first, other] = [cold, await planned(turned, lines.toReversed(), 'three')].map(each =>
    decodePlan(each, 'plan'),
  )
  assert.ok(first !== undefined && first.changes.length >= 6)
  assert.deepEqual(
    [other?.changes, other?.summary, other?.documents, other?.made],
    [first.changes, first.summary, first.documents, first.made],
  )
})
