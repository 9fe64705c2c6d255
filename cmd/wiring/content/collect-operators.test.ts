/** From image set files to placed images, where image sets ask for operators: as plan and import collect them. */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { bundleReferences, DEMO_OPERATORS, sketchCatalog } from '../../../testdata/catalogs.ts'
import { DEMO_CATALOG, operatorsInMemory } from '../../../testdata/operators-in-memory.ts'
import { temporaryFolder } from '../../../testdata/temp.ts'
import type { TargetChoice } from '../target/choose-target.ts'
import { collectTexts, type Given } from '../testing/collecting.ts'
import type { WantedSet } from '../wanted-images.ts'

const [widget, gadget] = DEMO_OPERATORS

function sceneOf(t: TestContext) {
  const folder = temporaryFolder(t)
  const memory = operatorsInMemory()
  return {
    memory,
    /** Members of `mirror`, one text for each image set. */
    collect: (texts: readonly string[], given?: Given) =>
      collectTexts(
        folder,
        texts.map(text => `kind: ImageSetConfiguration\nmirror:\n${text}`),
        memory.places,
        given,
      ),
  }
}

/** Below the prefix, digests in tags left out. */
function placesOf({ images }: WantedSet): readonly string[] {
  return images.map(({ destination: { repository, tag } }) =>
    `${repository}:${tag}`.replace(/^ns\//, '').replace(/:sha256-[0-9a-f]{64}$/, ''),
  )
}

const GADGET = `  operators: [{catalog: "${DEMO_CATALOG}", packages: [{name: gadget}]}]\n`
const GADGET_PLACES = ['acme/gadget-bundle', 'acme/gadget', 'acme/proxy:1.2', 'olm/demo-index:v1']

test('the worked example of oc-mirror: four images of operators beside the additional one, and what the catalog is pinned to', async t => {
  const { collect } = sceneOf(t)
  const wanted = await collect([
    `  operators:
  - catalog: ${DEMO_CATALOG}
    packages: [{name: widget, channels: [{name: stable}]}]
  additionalImages: [{name: "registry.redhat.io/ubi8/ubi:latest"}]
  blockedImages: [{name: "-debug$"}]
`,
  ])
  assert.deepEqual(placesOf(wanted), [
    'acme/proxy:1.2',
    'acme/widget-bundle',
    'acme/widget',
    'olm/demo-index:v1',
    'ubi8/ubi:latest',
  ])
  assert.deepEqual(
    wanted.pins.map(({ section, digest }) => [section.catalog, digest]),
    [[DEMO_CATALOG, wanted.selections[0]?.kept[0]?.name]],
  )
  assert.deepEqual([wanted.notes, wanted.incomplete], [[], []])
})

test('an operand that is blocked is left out and told, and its bundle stays', async t => {
  const { collect } = sceneOf(t)
  const wanted = await collect([`${GADGET}  blockedImages: [{name: acme/proxy}]\n`])
  assert.deepEqual(
    placesOf(wanted),
    GADGET_PLACES.filter(place => !place.includes('proxy')),
  )
  assert.match(
    wanted.notes.join(),
    /^quay.io\/acme\/proxy:1.2@sha256:.* is left out: blockedImages says acme\/proxy$/,
  )
  assert.deepEqual(
    wanted.selections[1]?.kept.map(({ name }) => name),
    ['gadget.v0.2.0'],
  )
})

test('a reference that nobody can ask for is missed, unless it is blocked', async t => {
  const { memory, collect } = sceneOf(t)
  const { operator = '' } = bundleReferences(gadget, '0.2.0')
  const content = sketchCatalog([gadget])
  const file = (content.files['gadget/catalog.json'] ?? '').replaceAll(operator, 'quay.io/acme/untagged')
  memory.publish(DEMO_CATALOG, { ...content, files: { 'gadget/catalog.json': file } })
  const missed = await collect([GADGET])
  assert.deepEqual(
    missed.incomplete.map(({ bundle, missing }) => [bundle, missing.map(({ image }) => image)]),
    [['gadget.v0.2.0', ['quay.io/acme/untagged']]],
  )
  const blocked = await collect([`${GADGET}  blockedImages: [{name: untagged}]\n`])
  assert.deepEqual(blocked.incomplete, [])
})

test('two image sets may ask for bundles of one catalog by two names; one image is asked for by both', async t => {
  const { collect } = sceneOf(t)
  const other = `  operators: [{catalog: "${DEMO_CATALOG}", targetCatalog: other/index, packages: [{name: widget}]}]\n`
  const wanted = await collect([GADGET, other])
  assert.ok(placesOf(wanted).includes('other/index:v1'))
  const [proxy, ...more] = wanted.images.filter(({ destination }) => destination.repository.endsWith('proxy'))
  assert.deepEqual(more, [])
  assert.deepEqual(
    proxy?.origins.map(origin => (origin.kind === 'bundle' ? origin.bundle : '')),
    ['gadget.v0.2.0', 'widget.v2.0.0'],
  )
})

test('two catalogs that would end at one destination are refused, with the key that cures it', async t => {
  const { memory, collect } = sceneOf(t)
  memory.publish('quay.io/olm/demo-index:v1', sketchCatalog([widget]))
  await assert.rejects(
    collect([`  operators: [{catalog: "${DEMO_CATALOG}"}, {catalog: "quay.io/olm/demo-index:v1"}]\n`]),
    (error: Error & { hint?: string }) => {
      assert.match(error.message, /two sources meet at reg.lan\/ns\/olm\/demo-index:v1/)
      assert.match(error.hint ?? '', /targetCatalog/)
      return true
    },
  )
})

test('a package that is not there refuses the plan, or is only told', async t => {
  const { collect } = sceneOf(t)
  const text = `  operators: [{catalog: "${DEMO_CATALOG}", packages: [{name: gadget}, {name: gadgett}]}]\n`
  await assert.rejects(collect([text]), /"gadgett" is not in the catalog/)
  const told = await collect([text], { allowMissingPackages: true })
  assert.deepEqual(placesOf(told), GADGET_PLACES)
  assert.match(told.selections[0]?.remarks.join() ?? '', /gadgett/)
})

test('the other rule set is chosen by the policy, and both are kept apart', async t => {
  const { collect } = sceneOf(t)
  const text = `  operators: [{catalog: "${DEMO_CATALOG}", packages: [{name: widget}]}]\n`
  const kept = async (operatorSelection: TargetChoice['operatorSelection']) => {
    const { selections, images } = await collect([text], { operatorSelection })
    const catalog = images.find(({ made }) => made !== undefined)
    return { names: selections[1]?.kept.map(({ name }) => name), root: catalog?.made?.root }
  }
  const [documented, connected] = [await kept('documented'), await kept('connected')]
  assert.deepEqual(documented.names, ['widget.v2.0.0'])
  assert.deepEqual(connected.names, ['widget.v2.0.0', 'widget.v2.2.0-rc1'])
  assert.notEqual(documented.root, connected.root)
  assert.deepEqual(await kept('documented'), documented)
})
