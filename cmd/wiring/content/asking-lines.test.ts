import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'
import { temporaryFolder } from '../../../testdata/temp.ts'
import { askingLines } from './asking-lines.ts'

const IMAGE_SET = `apiVersion: mirror.openshift.io/v2alpha1
kind: ImageSetConfiguration
mirror:
  additionalImages:
    - name: registry.example/app:1
`
const MIRROR = `apiVersion: mirrorform.dev/v1alpha1
kind: Mirror
imageSets: [imageset.yaml]
targets: [{name: enc1, to: 'docker://registry.enc1.example/ocp'}]
`
const ORIGIN = { kind: 'additionalImage', name: 'registry.example/app:1' } as const

test('lines are those of the image sets given, or of those that the mirror file given names', async t => {
  const folder = temporaryFolder(t)
  const [imageSet, mirror] = [path.join(folder, 'imageset.yaml'), path.join(folder, 'mirrorform.yaml')]
  writeFileSync(imageSet, IMAGE_SET)
  writeFileSync(mirror, MIRROR)
  for (const config of [[imageSet], [imageSet, imageSet], [mirror]]) {
    const linesOf = await askingLines(config, { config, state: path.join(folder, 'state.json') })
    assert.deepEqual(linesOf(ORIGIN), [`${imageSet}:5`])
  }
})
