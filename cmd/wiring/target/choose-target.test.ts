/** Settings of a target: the flag wins over the mirror file, which wins over what is usual. */
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'
import { UsageError } from '../../../lib/errors.ts'
import { temporaryFolder } from '../../../testdata/temp.ts'
import { chooseTarget } from './choose-target.ts'

const MIRROR = `apiVersion: mirrorform.dev/v1alpha1
kind: Mirror
imageSets: [imageset.yaml]
targets: [{name: enc1, to: 'docker://registry.enc1.example/ocp'}]
policies:
  conditionalUpdates: avoid
  operatorSelection: connected
  graphDataBaseImage: registry.example/ubi9/ubi
`

test('how releases and bundles of operators are chosen and what the graph image is built on come from the mirror file', async t => {
  const file = path.join(temporaryFolder(t), 'mirrorform.yaml')
  writeFileSync(file, MIRROR)
  const { conditionalUpdates, graphDataBaseImage, operatorSelection } = await chooseTarget({ config: [file] })
  assert.equal(conditionalUpdates, 'avoid')
  assert.equal(operatorSelection, 'connected')
  assert.deepEqual(graphDataBaseImage, { host: 'registry.example', path: 'ubi9/ubi', tag: 'latest' })
})

test('a flag wins over the mirror file', async t => {
  const file = path.join(temporaryFolder(t), 'mirrorform.yaml')
  writeFileSync(file, MIRROR)
  const choice = await chooseTarget({
    config: [file],
    conditionalUpdates: 'allow',
    operatorSelection: 'documented',
    graphDataBaseImage: 'quay.io/acme/base:v1',
  })
  assert.equal(choice.conditionalUpdates, 'allow')
  assert.equal(choice.operatorSelection, 'documented')
  assert.deepEqual(choice.graphDataBaseImage, { host: 'quay.io', path: 'acme/base', tag: 'v1' })
})

test('without either, conditional updates are allowed and the base image is the usual one', async () => {
  const choice = await chooseTarget({ to: 'docker://registry.example' })
  assert.equal(choice.conditionalUpdates, 'allow')
  assert.equal(choice.graphDataBaseImage, undefined)
})

test('a base image that is no reference is refused with the name of its flag', async () => {
  await assert.rejects(
    chooseTarget({ to: 'docker://registry.example', graphDataBaseImage: 'Not/An:Image' }),
    (error: unknown) => error instanceof UsageError && /^--graph-data-base-image: /.test(error.message),
  )
})
