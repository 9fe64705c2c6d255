/**
 * What a reviewer is told about updates: a hop that the mirror will not hold, with the change that brings it, and the
 * risks of updates that are recommended to some clusters only, which can be avoided.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { IMAGE_SET } from '../../testdata/mirror-scene.ts'
import { platformText, releaseScene, releaseSource } from '../../testdata/release-scene.ts'
import { buildSeries } from '../../testdata/release-series.ts'
import { startTestRegistry } from '../../testdata/test-registry.ts'
import { updateGraph } from '../../testdata/update-graph-server.ts'

const CHANNEL = 'stable-4.16'
const versions = ['4.16.0', '4.16.2', '4.16.3', '4.16.4']
const series = buildSeries({ versions, components: 4, changed: 1 })

test('a plan says which release is missing on the way, how to get it, and what a risky update risks', async t => {
  const registry = await startTestRegistry(t)
  const source = await releaseSource(registry)
  await source.push(...series)
  const scene = await releaseScene(t, source, `docker://${registry.host}/enc1`)
  const edges = [
    ['4.16.0', '4.16.3'],
    ['4.16.3', '4.16.4'],
    ['4.16.0', '4.16.2'],
  ] as const
  const conditional = [
    { from: '4.16.2', to: '4.16.4', risk: ['SlowBoot', 'Nodes may start slowly.'] },
  ] as const
  await scene.publish(CHANNEL, series, updateGraph(series, edges, { conditional }))
  scene.wantPlatform({ channels: [{ name: CHANNEL, minVersion: '4.16.0', maxVersion: '4.16.0' }] })
  await scene.apply()

  scene.wantPlatform({ channels: [{ name: CHANNEL }] })
  const gap = await scene.at('plan', ['--allow-mass-delete'])
  assert.equal(gap.code, 0, gap.output)
  const told = gap.output.replace(/\s+/g, ' ')
  assert.match(told, /4\.16\.0 → 4\.16\.3 → 4\.16\.4, and the mirror will not hold 4\.16\.3/)
  assert.match(told, /minVersion: 4\.16\.0/)

  scene.graphs.setGraph(
    'amd64',
    CHANNEL,
    updateGraph(series, [['4.16.0', '4.16.2']], { conditional: [...conditional] }),
  )
  const ways = { name: CHANNEL, minVersion: '4.16.0', shortestPath: true }
  scene.wantPlatform({ channels: [ways] })
  const risky = await scene.at('plan')
  assert.equal(risky.code, 0, risky.output)
  assert.match(risky.output.replace(/\s+/g, ' '), /4\.16\.2 to 4\.16\.4 .*SlowBoot: Nodes may start slowly/)
  const avoiding = await scene.at('plan', ['--conditional-updates', 'avoid'])
  assert.equal(avoiding.code, 1)
  assert.match(avoiding.stderr.replace(/\s+/g, ' '), /no update path from 4\.16\.0 to 4\.16\.4.*conditional/)
})

test('blockedImages leave out components of releases, and the plan says so', async t => {
  const registry = await startTestRegistry(t)
  const source = await releaseSource(registry)
  await source.push(...series)
  const scene = await releaseScene(t, source, `docker://${registry.host}/enc1`)
  await scene.publish(CHANNEL, series)
  const imageSet = JSON.parse(platformText({ channels: [{ name: CHANNEL }] }))
  imageSet.mirror.blockedImages = [{ name: '-installer$' }]
  scene.write(IMAGE_SET, JSON.stringify(imageSet))
  const { document } = await scene.plan()
  assert.equal(document.changes.length, 4, 'the payload and three of its four components')
  assert.ok(document.changes.every(({ destination }) => !destination.endsWith('-installer')))
  assert.match(document.notes.join('\n'), /blockedImages/)
})
