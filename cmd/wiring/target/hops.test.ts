/** A target of a kind: Mirror file with everything that is said of how it is reached and read. */
import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'
import { UsageError } from '../../../lib/errors.ts'
import { parseTarget } from '../../../lib/target.ts'
import { temporaryFolder } from '../../../testdata/temp.ts'
import { chooseTarget } from './choose-target.ts'
import { openHop } from './open-hop.ts'

const MIRROR = `apiVersion: mirrorform.dev/v1alpha1
kind: Mirror
imageSets: [imageset.yaml]
targets:
- {name: enc2, to: 'docker://enc2.example', via: enc1}
- {name: enc1, to: 'docker://enc1.example', via: hub, registriesConf: conf/enc1.conf, limits: {parallelImages: 2}}
- {name: hub, to: 'docker://hub.example/ent', state: states/hub.json, updateService: 'https://osus.hub.example/graph', inputs: hub.plan.json}
`

function mirrorFile(folder: string): string {
  const file = path.join(folder, 'mirrorform.yaml')
  writeFileSync(file, MIRROR)
  return file
}

test('the targets on the way, their states and what they offer are found beside the file', async t => {
  const folder = temporaryFolder(t)
  const config = [mirrorFile(folder)]
  const enc2 = await chooseTarget({ config, target: 'enc2' })
  assert.deepEqual(enc2.hops, [
    {
      name: 'enc1',
      address: parseTarget('docker://enc1.example'),
      statePath: path.join(folder, 'enc1.state.json'),
    },
    {
      name: 'hub',
      address: parseTarget('docker://hub.example/ent'),
      statePath: path.join(folder, 'states/hub.json'),
      updateService: 'https://osus.hub.example/graph',
      inputs: path.join(folder, 'hub.plan.json'),
    },
  ])
  assert.equal(enc2.route?.via?.name, 'enc1')
  const enc1 = await chooseTarget({ config, target: 'enc1' })
  assert.deepEqual(enc1.route, {
    via: {
      name: 'hub',
      target: parseTarget('docker://hub.example/ent'),
      statePath: path.join(folder, 'states/hub.json'),
    },
    registriesConf: path.join(folder, 'conf/enc1.conf'),
    limits: { parallelImages: 2 },
  })
  const hub = await chooseTarget({ config, target: 'hub' })
  assert.deepEqual([hub.name, hub.hops, hub.route], ['hub', undefined, undefined])
})

test('an archive for a target is read on the same way as the target itself', async t => {
  const config = [mirrorFile(temporaryFolder(t))]
  const { archive, route } = await chooseTarget({ config, to: 'file:///media/disc', for: 'enc1' })
  assert.equal(archive, '/media/disc')
  assert.equal(route?.via?.name, 'hub')
})

test('a target on the way to which nothing was applied yet cannot be read', async t => {
  const folder = temporaryFolder(t)
  mkdirSync(path.join(folder, 'states'))
  const { route } = await chooseTarget({ config: [mirrorFile(folder)], target: 'enc1' })
  assert.ok(route?.via)
  await assert.rejects(
    openHop(route.via),
    (error: unknown) =>
      error instanceof UsageError && error.hint === 'apply hub first: mirrorform apply --target hub',
  )
})
