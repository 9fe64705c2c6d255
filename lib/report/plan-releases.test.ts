import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  ofRelease,
  releaseChanges,
  sampleAdd,
  sampleDelete,
  sampleImage,
  sampleMove,
  samplePlan,
} from '../../testdata/sample-plans.ts'
import type { Origin } from '../graph/graph.ts'
import { parseTag } from '../oci/reference.ts'
import type { Change, Plan } from '../plan/plan.ts'
import { visibleWidth } from './fit.ts'
import { renderPlanMarkdown } from './plan-markdown.ts'
import { PLAN_LINES, renderPlan } from './plan-text.ts'
import type { PlanRendering } from './plan-view.ts'
import { PLAIN_STYLE } from './style.ts'

const KIB = 1024
const COMPONENTS = ['cli', 'etcd', 'installer']

function render(plan: Plan, over: Partial<PlanRendering> = {}): string[] {
  return renderPlan(plan, { style: PLAIN_STYLE, width: 120, savedTo: 'p.json', ...over }).split('\n')
}

function wantedBy(change: Change, origins: readonly Origin[]): Change {
  return { ...change, image: { ...change.image, origins } }
}

function bundleOf(name: string): readonly Origin[] {
  return [
    {
      kind: 'bundle',
      catalog: 'reg.example/index:v4.16',
      package: name,
      bundle: `${name}.v1`,
      channels: ['stable'],
    },
  ]
}

test('releases are one entry each, in the order of versions, with their images counted and their bytes', () => {
  const plan = samplePlan([
    ...releaseChanges(sampleAdd, ['4.16.10', '4.16.9'], COMPONENTS),
    ...releaseChanges(name => sampleDelete(name, KIB), ['4.15.3'], COMPONENTS),
  ])
  assert.deepEqual(render(plan).slice(2, -2), [
    '  releases                                           + 8, − 4  8.0 MiB to copy',
    '    + release 4.16.9 (x86_64), channel stable-4.16   4 images  4.0 MiB to copy',
    '    + release 4.16.10 (x86_64), channel stable-4.16  4 images  4.0 MiB to copy',
    '',
    "Deletes (4.0 KiB reclaimable after the registry's garbage collection)",
    '  − release 4.15.3 (x86_64), channel stable-4.15  4 images, 4.0 KiB reclaimable',
    '',
  ])
})

test('what the delete of a release does to other tags is counted, and --deletes shows each', () => {
  const [first, ...others] = releaseChanges(sampleDelete, ['4.15.3'], COMPONENTS)
  assert.ok(first)
  const sharing = others.map(change => ({
    ...change,
    removal: { ...change.removal, sparedTags: [parseTag('4.15.4-x86_64-cli')] },
  }))
  const plan = samplePlan([first, ...sharing])
  const at = render(plan).findIndex(line => line.startsWith('  − release 4.15.3'))
  assert.equal(render(plan)[at + 1], '      3 of them share a digest with tags that stay')
  const each = render(plan, { deletes: true, width: 160 })
  assert.ok(
    each.includes(
      '  − openshift/release:4.15.3-x86_64-etcd       last wanted by component etcd of release 4.15.3 (x86_64), channel stable-4.15',
    ),
    each.join('\n'),
  )
  assert.equal(each.filter(line => line.startsWith('  − ')).length, 4)
})

test('a plan of thirty releases of 191 images stays on one screen, and --all shows every image', () => {
  const components = Array.from({ length: 190 }, (_, at) => `component-${at}`)
  const versions = Array.from({ length: 30 }, (_, at) => `4.16.${at}`)
  const plan = samplePlan(releaseChanges(sampleAdd, versions, components))
  for (const width of [60, 80, 120, Number.POSITIVE_INFINITY]) {
    const lines = render(plan, { width })
    assert.ok(lines.length <= PLAN_LINES, `${lines.length} lines`)
    for (const line of lines) assert.ok(visibleWidth(line) <= width, line)
    assert.ok(lines.some(line => line.includes('+ release 4.16.2 (x86_64)')))
  }
  const all = render(plan, { all: true })
  assert.equal(all.filter(line => line.startsWith('    + openshift/release')).length, 30 * 191)
})

test('one image of a release is shown by its name', () => {
  const lines = render(samplePlan([ofRelease(sampleAdd('etcd:1'), '4.16.8', 'etcd')]))
  assert.ok(lines.some(line => line.startsWith('    + openshift/release:4.16.8-x86_64-etcd')))
})

test('moves, repairs and what stays are told by release as well', () => {
  const reason = 'it is gone from the target'
  const repairs = releaseChanges(sampleAdd, ['4.16.1'], COMPONENTS).map(
    (change): Change => ({ ...change, action: 'repair', reason }),
  )
  const keeps = releaseChanges(
    (name): Change => ({ action: 'keep', image: sampleImage(name), reason: 'protected' }),
    ['4.16.2'],
    COMPONENTS,
  )
  const plan = samplePlan([...repairs, ...keeps, ...releaseChanges(sampleMove, ['4.16.3'], COMPONENTS)])
  const lines = render(plan).join('\n')
  assert.match(lines, /↻ release 4\.16\.1 .* 4 images +it is gone from the target/)
  assert.match(lines, /· release 4\.16\.2 .* 4 images: protected/)
  assert.match(lines, /~ release 4\.16\.3 .* 4 images/)
})

test('a catalog is a group with an entry for each package', () => {
  const plan = samplePlan([
    wantedBy(sampleAdd('reg/index:v4.16'), [{ kind: 'catalog', catalog: 'reg.example/index:v4.16' }]),
    wantedBy(sampleAdd('a/one:1'), bundleOf('web-terminal')),
    wantedBy(sampleAdd('b/two:1'), bundleOf('web-terminal')),
    wantedBy(sampleAdd('graph:1'), [{ kind: 'graphData' }]),
  ])
  assert.deepEqual(render(plan).slice(2, -3), [
    '  catalog reg.example/index:v4.16  + 3       3.0 MiB to copy',
    '    + reg/index:v4.16                        1.0 MiB to copy',
    '    + package web-terminal         2 images  2.0 MiB to copy',
    '  update graph data                + 1       1.0 MiB to copy',
    '    + graph:1                                1.0 MiB to copy',
  ])
})

test('a pull request sees releases as entries too', () => {
  const text = renderPlanMarkdown(
    samplePlan([
      ...releaseChanges(sampleAdd, ['4.16.9'], COMPONENTS),
      ...releaseChanges(sampleDelete, ['4.15.3'], COMPONENTS),
    ]),
  )
  assert.ok(
    text.includes('- `+ release 4.16.9 (x86_64), channel stable-4.16` (4 images) 4.0 MiB to copy\n'),
    text,
  )
  assert.ok(text.includes('- `− release 4.15.3 (x86_64), channel stable-4.15` (4 images)\n'))
})
