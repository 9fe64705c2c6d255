/** Operators of an image set of oc-mirror v1 → wanted images: chosen by v1's rules, named as v1 names them. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { bundleReferences, DEMO_OPERATORS } from '../../../../testdata/catalogs.ts'
import { never } from '../../../../testdata/mirroring.ts'
import { DEMO_CATALOG, operatorsInMemory } from '../../../../testdata/operators-in-memory.ts'
import { failure } from '../../../../testdata/releases-in-memory.ts'
import { parseImageSet } from '../../../config/index.ts'
import type { Origin } from '../../../graph/graph.ts'
import { parseReference } from '../../../oci/reference.ts'
import { NO_STARTS, type RecordedStarts } from '../../history/index.ts'
import { collectCatalogs } from '../collect.ts'
import { fnvTag } from '../legacy-names.ts'

const [widget] = DEMO_OPERATORS

async function collect(
  operators: string,
  recorded: RecordedStarts = NO_STARTS,
  held: readonly Origin[] = [],
) {
  const text = `apiVersion: mirror.openshift.io/v1alpha2\nkind: ImageSetConfiguration\nmirror:\n  operators:\n${operators}`
  const sections = parseImageSet({ path: 'v1.yaml', text }).operators ?? []
  const options = { selection: 'documented', allowMissingPackages: false, recorded } as const
  const [collected] = await collectCatalogs(sections, operatorsInMemory().places, options, held, never())
  assert.ok(collected)
  const bundles = collected.selections.slice(1).flatMap(({ kept }) => kept.map(({ name }) => name))
  const places = collected.images.map(({ repository, tag }) => `${repository}:${tag}`)
  return { ...collected, bundles, places }
}

const ASKED = `  - catalog: ${DEMO_CATALOG}\n    packages: [{name: widget, channels: [{name: stable}]}]\n`

describe('operators of an image set of oc-mirror v1', () => {
  it('have the tags that v1 gave them, so that what it mirrored is found', async () => {
    const { places } = await collect(ASKED)
    const references = Object.values(bundleReferences(widget, '2.0.0'))
    const expected = references.map(text => {
      const { path, tag } = parseReference(text)
      return `${path}:${tag ?? fnvTag(text)}`
    })
    assert.deepEqual(places.slice(1), expected)
    assert.equal(places[0], 'olm/demo-index:v1')
  })

  it('are heads of all channels, whatever the selection of other image sets is', async () => {
    const { bundles } = await collect(`  - catalog: ${DEMO_CATALOG}\n    packages: [{name: widget}]\n`)
    assert.deepEqual(bundles, ['widget.v2.0.0', 'widget.v2.2.0-rc1'])
  })

  it('go on from where an earlier run began, as v1 recorded it under the name of the catalog', async () => {
    const renamed = ASKED.replace('\n', '\n    targetCatalog: own/index\n    targetTag: v9\n')
    const recorded = {
      ...NO_STARTS,
      catalogs: [
        {
          catalog: 'registry.example.com/own/index:v9',
          packages: [{ name: 'widget', channels: new Map([['stable', '1.1.0']]) }],
        },
      ],
    }
    const { bundles, places } = await collect(renamed, recorded)
    assert.deepEqual(bundles, ['widget.v1.1.0', 'widget.v1.2.0', 'widget.v2.0.0'])
    assert.equal(places[0], 'own/index:v9')
    assert.deepEqual((await collect(ASKED, recorded)).bundles, ['widget.v2.0.0'])
  })

  it('go on from what the state holds', async () => {
    const held: Origin = {
      kind: 'bundle',
      catalog: DEMO_CATALOG,
      package: 'widget',
      bundle: 'widget.v1.2.0',
      channels: ['stable'],
    }
    assert.deepEqual((await collect(ASKED, NO_STARTS, [held])).bundles, ['widget.v1.2.0', 'widget.v2.0.0'])
  })

  it('are refused at their place in the image set', async () => {
    const wrong = await failure(collect(ASKED.replace('name: stable', 'name: stable, minVersion: 1.0.5')))
    assert.match(
      String(wrong),
      /v1\.yaml:6: catalog .*: package widget, channel stable: nothing is there for minVersion 1\.0\.5/,
    )
  })
})
