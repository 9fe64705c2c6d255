/** Operators some of whose images are gone at their source: the rest goes on, and nothing that is there is lost for it. */
import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { bundleReferences, DEMO_OPERATORS } from '../../testdata/catalogs.ts'
import { applyTo, changesOf, type PlanChoices, planFor } from '../../testdata/mirroring.ts'
import { DEMO_CATALOG, mirrorOf, operatorsInMemory } from '../../testdata/operators-in-memory.ts'
import { imagePlace } from '../content/operator/destination.ts'
import type { WantedImage } from '../content/wanted.ts'
import { PlaceError } from '../errors.ts'
import type { IncompleteBundle } from '../graph/graph.ts'
import { parseReference, parseTag } from '../oci/reference.ts'
import { applyExitCode, renderPlan, renderPlanMarkdown } from '../report/index.ts'
import { PLAIN_STYLE } from '../report/style.ts'
import type { Plan } from './plan.ts'
import { decodePlan, encodePlan } from './plan-file.ts'

const [widget, gadget] = DEMO_OPERATORS
const WIDGET = bundleReferences(widget, '2.0.0')
const GADGET = bundleReferences(gadget, '0.2.0')

function scene(t: TestContext) {
  const memory = operatorsInMemory()
  const mirror = mirrorOf(t, memory)
  return {
    memory,
    mirror,
    async plan(
      operators = `  - catalog: ${DEMO_CATALOG}\n`,
      choices: PlanChoices = {},
      more: readonly string[] = [],
    ): Promise<Plan> {
      const collected = await memory.collect(operators)
      const images = collected.flatMap(each => each.images)
      const incomplete = collected.flatMap(each => each.incomplete)
      return planFor(mirror, [...images, ...more], { incomplete, ...choices })
    },
    /** Takes an image away from its source. */
    withdraw(text = '') {
      const { host, path, digest } = parseReference(text)
      if (digest !== undefined) memory.registry(host).content(path).manifests.delete(digest)
    },
  }
}

const repositories = (plan: Plan) => [...new Set(changesOf(plan).map(text => text.replace(/:.*/, '')))].sort()

const bundlesIn = ({ incomplete = [] }: Plan): readonly IncompleteBundle[] =>
  incomplete.flatMap(each => ('bundle' in each ? [each] : []))

describe('a bundle of which an image is gone', () => {
  it('is left out with all that only it needs; other bundles, what they share and the catalog come', async t => {
    const { plan, withdraw, mirror } = scene(t)
    withdraw(WIDGET.operator)
    const made = await plan()
    assert.deepEqual(repositories(made), [
      'add ocp/acme/gadget',
      'add ocp/acme/gadget-bundle',
      'add ocp/acme/proxy',
      'add ocp/olm/demo-index',
    ])
    const [only, ...others] = bundlesIn(made)
    assert.deepEqual(others, [])
    assert.deepEqual([only?.catalog, only?.package, only?.bundle], [DEMO_CATALOG, 'widget', 'widget.v2.0.0'])
    assert.deepEqual(
      only?.missing.map(({ image }) => image),
      [WIDGET.operator],
    )
    const result = await applyTo(mirror, made)
    assert.equal(result.failed, 0)
    assert.equal(applyExitCode(result, made), 4)
    const again = await plan()
    assert.deepEqual(again.changes, [])
    assert.equal(again.incomplete?.length, 1, 'it is told until it is mended')
  })

  it('is named in the plan with what is missing, and the plan file keeps that', async t => {
    const { plan, withdraw } = scene(t)
    withdraw(WIDGET.operator)
    const made = await plan()
    const decoded = decodePlan(encodePlan(made), 'plan')
    assert.deepEqual(decoded.incomplete, made.incomplete)
    for (const text of [
      renderPlan(made, { style: PLAIN_STYLE, width: 200 }),
      renderPlanMarkdown(made).replaceAll('\\', ''),
    ]) {
      assert.match(text, /Incomplete operators/)
      assert.ok(text.includes(`widget.v2.0.0 (package widget, catalog ${DEMO_CATALOG})`))
      assert.ok(text.includes(WIDGET.operator?.split('@')[1] ?? '?'), text)
    }
  })

  it('keeps what the target holds of it, and says why', async t => {
    const { plan, withdraw, mirror } = scene(t)
    const narrow = `  - {catalog: "${DEMO_CATALOG}", packages: [{name: gadget}]}\n`
    await applyTo(mirror, await plan(narrow))
    const wide = `  - {catalog: "${DEMO_CATALOG}", packages: [{name: gadget, minVersion: 0.1.0}]}\n`
    withdraw(bundleReferences(gadget, '0.1.0').operator)
    const held = await plan(wide)
    assert.deepEqual(
      bundlesIn(held).map(({ bundle }) => bundle),
      ['gadget.v0.1.0'],
    )
    assert.ok(
      changesOf(held).every(text => !text.startsWith('delete')),
      changesOf(held).join(),
    )
    const unusable = { image: 'oci:///x', message: 'it cannot be asked for' }
    const incomplete = [
      { catalog: DEMO_CATALOG, package: 'gadget', bundle: 'gadget.v0.2.0', missing: [unusable] },
    ]
    const kept = await plan(narrow, { incomplete })
    assert.deepEqual(
      kept.changes.map(change => [change.action, 'reason' in change && change.reason]),
      [
        ['keep', 'it stays: the bundle it belongs to is incomplete'],
        ['keep', 'it stays: the bundle it belongs to is incomplete'],
        ['keep', 'it stays: the bundle it belongs to is incomplete'],
      ],
    )
    assert.equal(kept.summary.keep, 4)
    const result = await applyTo(mirror, kept)
    assert.equal(applyExitCode(result, kept), 4)
    assert.deepEqual((await plan(narrow)).changes, [], 'nothing was lost meanwhile')
  })

  it('loses nothing that something else asks for: that has to be there', async t => {
    const { plan, withdraw } = scene(t)
    const operator = WIDGET.operator ?? ''
    withdraw(WIDGET.bundle)
    const kept = await plan(undefined, {}, [operator])
    assert.ok(repositories(kept).includes('add ocp/acme/widget'))
    assert.ok(!repositories(kept).includes('add ocp/acme/widget-bundle'))
    const other = scene(t)
    other.withdraw(operator)
    await assert.rejects(other.plan(undefined, {}, [operator]), /widget@sha256/)
  })

  it('is not what any other failure makes of it: then there is no plan', async t => {
    const { plan, memory } = scene(t)
    for (const status of [401, 403, 500]) {
      memory.registry('registry.example.com').before = ({ repository }) => {
        if (repository === 'acme/gadget') throw new PlaceError(`the server said ${status}`, { status })
      }
      await assert.rejects(plan(), new RegExp(`bundle gadget.v0.2.0 of package gadget.*${status}`, 's'))
    }
  })

  it('may share the missing image with others, which are incomplete then as well', async t => {
    const { plan, withdraw } = scene(t)
    withdraw(GADGET.proxy)
    const made = await plan()
    assert.deepEqual(
      bundlesIn(made).map(({ bundle }) => bundle),
      ['gadget.v0.2.0', 'widget.v2.0.0'],
    )
    assert.deepEqual(repositories(made), ['add ocp/olm/demo-index'])
  })
})

describe('a chart of which an image is gone', () => {
  const chart = (text: string | undefined): WantedImage => {
    const reference = parseReference(text ?? '')
    const origin = {
      kind: 'chart',
      repository: 'https://charts.example',
      chart: 'web',
      version: '1.0.0',
    } as const
    return {
      source: { kind: 'registry', reference },
      ...imagePlace(reference),
      platforms: [],
      origins: [origin],
    }
  }

  it('brings its other images, keeps what the target holds of the one that is gone, and names it', async t => {
    const { mirror, memory } = scene(t)
    const { host, path, digest } = parseReference(GADGET.operator ?? '')
    const { tags } = memory.registry(host).content(path)
    if (digest !== undefined) tags.set(parseTag('old'), digest)
    const [stays, goes] = [chart(WIDGET.operator), chart(`${host}/${path}:old`)]
    await applyTo(mirror, await planFor(mirror, [goes]))
    tags.clear()
    const made = await planFor(mirror, [stays, goes])
    assert.deepEqual(made.summary.delete, 0)
    assert.deepEqual(repositories(made), ['add ocp/acme/widget', 'keep ocp/acme/gadget'])
    assert.deepEqual(decodePlan(encodePlan(made), 'plan').incomplete, made.incomplete)
    for (const text of [
      renderPlan(made, { style: PLAIN_STYLE, width: 200 }),
      renderPlanMarkdown(made).replaceAll('\\', ''),
    ]) {
      assert.match(text, /Incomplete charts: their other images are copied/)
      assert.ok(text.includes('chart web 1.0.0 (https://charts.example)'), text)
      assert.ok(text.includes('acme/gadget:old'), text)
    }
    const result = await applyTo(mirror, made)
    assert.equal(applyExitCode(result, made), 4)
    const alone = await planFor(mirror, [goes], { allowMassDelete: true })
    assert.deepEqual(
      alone.changes.flatMap(change => (change.action === 'keep' ? [change.reason] : [])),
      ['it stays: it cannot be found at its source'],
    )
  })

  it('has to be whole where the image is asked for elsewhere too', async t => {
    const { mirror, withdraw } = scene(t)
    withdraw(GADGET.operator)
    await assert.rejects(planFor(mirror, [chart(GADGET.operator), GADGET.operator ?? '']), /is not there/)
  })
})
