/** `mirror.helm` as data: repositories, charts, expressions and platforms as an image set has them. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { parseImageSet, parseMirrorFile } from './index.ts'

const read = (section: string) =>
  parseImageSet({ path: 'isc.yaml', text: `kind: ImageSetConfiguration\nmirror:\n${section}` }).helm

describe('charts of an image set', () => {
  it('are read with everything that the format has', () => {
    const helm = read(`  helm:
    repositories:
    - name: stable
      url: https://charts.example/stable
      charts:
      - name: web
        version: 1.2.0
        imagePaths: ['{.spec.image}']
        platforms: [{os: linux, architecture: x86_64}]
    - url: oci://registry.example:5000/charts
      charts: [{name: api}]
    local:
    - {name: disk, path: ./disk.tgz}
`)
    const [stable, oci] = helm?.repositories ?? []
    assert.deepEqual(stable, {
      url: 'https://charts.example/stable',
      kind: 'index',
      charts: [
        {
          name: 'web',
          version: '1.2.0',
          imagePaths: [
            {
              text: '{.spec.image}',
              expressions: [
                [
                  { kind: 'field', name: 'spec' },
                  { kind: 'field', name: 'image' },
                ],
              ],
            },
          ],
          platforms: [{ os: 'linux', architecture: 'amd64' }],
          place: 'isc.yaml:8',
        },
      ],
      place: 'isc.yaml:5',
    })
    assert.equal(oci?.kind, 'oci')
    assert.deepEqual(helm?.local, [
      { path: './disk.tgz', name: 'disk', imagePaths: [], platforms: [], place: 'isc.yaml:15' },
    ])
  })

  it('are none where the section is empty', () => {
    for (const section of ['{}', '{repositories: [], local: []}', '{local: }'])
      assert.equal(read(`  helm: ${section}\n`), undefined)
  })
})

it('charts are carried where the policies of a mirror file say so', () => {
  const file = (policies: string) =>
    parseMirrorFile({
      path: 'm.yaml',
      text: `apiVersion: mirrorform.dev/v1alpha1\nkind: Mirror\nimageSets: [a.yaml]\ntargets: [{name: a, to: docker://reg.lan}]\n${policies}`,
    }).policies
  assert.equal(file('policies: {carryCharts: true}\n').carryCharts, true)
  assert.equal(file('policies: {carryCharts: false}\n').carryCharts, undefined)
  assert.equal(file('').carryCharts, undefined)
})
