import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  sampleAdd,
  sampleDelete,
  sampleDigest,
  sampleImage,
  sampleMove,
  samplePlan,
  sampleRepair,
} from '../../testdata/sample-plans.ts'
import { shortDigest } from '../oci/digest.ts'
import { parseTag } from '../oci/reference.ts'
import type { Change, Plan } from '../plan/plan.ts'
import { visibleWidth } from './fit.ts'
import { PLAN_LINES, renderPlan } from './plan-text.ts'
import type { PlanRendering } from './plan-view.ts'
import { PLAIN_STYLE, type Style } from './style.ts'

const MIB = 1024 * 1024

function render(plan: Plan, over: Partial<PlanRendering> = {}): string[] {
  return renderPlan(plan, {
    style: PLAIN_STYLE,
    width: 120,
    heldImages: 1284,
    statePath: 'enc1.state.json',
    savedTo: 'enc1.plan.json',
    ...over,
  }).split('\n')
}

/** A plan of `count` images with every action in it, the lists all too long for one screen. */
function largePlan(count: number): Plan {
  const makers: readonly ((name: string) => Change)[] = [
    sampleAdd,
    sampleMove,
    name => sampleDelete(name, MIB),
    name => sampleRepair(name, 'the tag is gone'),
    name => ({ action: 'adopt', image: sampleImage(name), expect: sampleDigest(name) }),
    name => ({ action: 'forget', image: sampleImage(name), reason: 'protected: it stays at the target' }),
    name => ({ action: 'keep', image: sampleImage(name), reason: 'no longer wanted' }),
  ]
  const changes = Array.from({ length: count }, (_, at) =>
    (makers[at % makers.length] ?? sampleAdd)(`team${at}/app-with-a-rather-long-name:v4.16.${at}`),
  )
  return samplePlan(changes, { notes: Array.from({ length: 50 }, (_, at) => `note ${at}`) })
}

test('a name whose tag is a digest gives way to what the image costs', () => {
  const plan = samplePlan([sampleAdd(`acme/widget-bundle:sha256-${'8'.repeat(64)}`)])
  const line = render(plan, { width: 100 }).find(each => each.includes('+ acme/'))
  assert.match(line ?? '', /^ {4}\+ acme\/widget\S*…8+ +1\.0 MiB to copy$/)
  const whole = render(plan, { width: 100, all: true }).find(each => each.includes('+ acme/'))
  assert.match(whole ?? '', /^ {4}\+ acme\/widget\S*…8+ +1\.0 MiB to copy +registry\S*…8+$/)
})

test('a plan is shown whole: header, groups, moves, deletes, totals, next step', () => {
  const gone = sampleDelete('tools/oc:4.15', 3 * MIB)
  const plan = samplePlan(
    [
      sampleAdd('ubi9/ubi:9.4'),
      sampleAdd('ubi9/ubi:9.5'),
      { action: 'adopt', image: sampleImage('web/old:1'), expect: sampleDigest('web/old:1') },
      sampleMove('ubi9/ubi:latest'),
      sampleRepair('web/app:2', 'the tag is gone'),
      { ...gone, removal: { ...gone.removal, sparedTags: [parseTag('stable')] } },
    ],
    { summary: { keep: 1272 }, notes: ['quay.io is read through the mirror mirror.example'] },
  )
  const before = shortDigest(sampleDigest('ubi9/ubi:latest before'))
  const after = shortDigest(sampleDigest('ubi9/ubi:latest'))
  assert.deepEqual(render(plan), [
    'mirrorform will change registry.enc1.example:5000/ocp   (state enc1.state.json, 1,284 images held)',
    '',
    '  additional images                                + 2, ~ 1, = 1, − 1  3.0 MiB to copy',
    '    + ubi9/ubi                                     2 tags              2.0 MiB to copy',
    '    = web/old:1                                                        already there, taken into the state',
    '  drift: 1 image is gone or changed at the target  ↻ 1                 0 B (blobs are there)',
    '    ↻ web/app:2                                                        the tag is gone',
    '',
    'Notes',
    '  - quay.io is read through the mirror mirror.example',
    '',
    'Moves',
    `  ~ ubi9/ubi:latest  ${before} → ${after}  registry.redhat.io/ubi9/ubi:latest`,
    '',
    "Deletes (3.0 MiB reclaimable after the registry's garbage collection)",
    '  − tools/oc:4.15  last wanted by additional image registry.redhat.io/tools/oc:4.15',
    '      tag stable stays: it is on the same digest',
    '',
    'Plan: 2 to add, 1 to adopt, 1 to move, 1 to repair, 1 to delete, 1,272 unchanged. 3.0 MiB to copy in 6 blobs.',
    'Saved to enc1.plan.json. Review it, commit it, then run: mirrorform apply enc1.plan.json',
  ])
})

test('an image that is ours already tells what is new about it, not that it is taken into the state', () => {
  const plan = samplePlan([
    {
      action: 'adopt',
      image: sampleImage('web/old:1'),
      expect: sampleDigest('web/old:1'),
      reason: 'wanted for another reason now',
    },
  ])
  const lines = render(plan)
  assert.match(lines[3] ?? '', /^ {4}= web\/old:1 +wanted for another reason now$/)
  assert.equal(lines.at(-2), 'Plan: 1 to adopt. No blobs to copy.')
})

test('a delete tells everything its requests do to other tags', () => {
  const change = sampleDelete('tools/oc:4.15')
  const plan = samplePlan([
    {
      ...change,
      removal: {
        steps: [
          { do: 'displace-tag', tag: parseTag('4.15'), with: sampleDigest('empty') },
          {
            do: 'delete-manifest',
            digest: change.image.digest,
            releases: [parseTag('4.15'), parseTag('old')],
          },
        ],
        sparedTags: [parseTag('stable'), parseTag('latest')],
      },
    },
  ])
  const lines = render(plan)
  const at = lines.findIndex(line => line.startsWith('  − tools/oc:4.15'))
  assert.deepEqual(lines.slice(at + 1, at + 4), [
    '      tag old goes with it',
    '      tag 4.15 is put on an empty manifest and that is deleted: this registry deletes only by digest',
    '      tags stable, latest stay: they are on the same digest',
  ])
})

test('nothing to do is one line', () => {
  const plan = samplePlan([], { summary: { keep: 1284 } })
  assert.deepEqual(render(plan), [
    'No changes. registry.enc1.example:5000/ocp holds everything that is asked for (1,284 images).',
  ])
  assert.deepEqual(render({ ...plan, options: { ...plan.options, refresh: false } }, { width: 200 }), [
    'No changes. By its state, registry.enc1.example:5000/ocp holds everything that is asked for (1,284 images); it was not asked itself.',
    '  planned with --refresh=false',
  ])
})

test('no changes still tells what stays for a reason', () => {
  const plan = samplePlan([
    {
      action: 'keep',
      image: sampleImage('a/b:1'),
      reason: 'no longer wanted; it stays, because this plan deletes nothing',
    },
  ])
  assert.deepEqual(render(plan).slice(1), [
    '',
    'Stay as they are',
    '  · a/b:1  no longer wanted; it stays, because this plan deletes nothing',
  ])
})

test('what narrows a plan stands below its header', () => {
  const plan = samplePlan([sampleAdd('a/b:1')])
  const options = { ...plan.options, only: ['a/**'], exclude: ['x y'], allowMassDelete: true }
  assert.equal(
    render({ ...plan, options })[1],
    "  planned with --only 'a/**' --exclude 'x y' --allow-mass-delete",
  )
})

test('a first plan says that the state is new', () => {
  const plan = samplePlan([sampleAdd('a/b:1')], { lineage: undefined })
  assert.equal(
    render(plan, { heldImages: 0 })[0],
    'mirrorform will change registry.enc1.example:5000/ocp   (new state enc1.state.json, 0 images held)',
  )
})

test('a plan of 20,000 images stays on one screen and names the commands that show the rest', () => {
  const lines = render(largePlan(20_000))
  assert.ok(lines.length <= PLAN_LINES, `${lines.length} lines`)
  assert.ok(lines.some(line => / {4}… [\d,]+ more: mirrorform show enc1\.plan\.json --all$/.test(line)))
  assert.ok(lines.some(line => / {2}… [\d,]+ more: mirrorform show enc1\.plan\.json --deletes$/.test(line)))
  assert.ok(
    lines.findIndex(line => line.startsWith('Moves')) < lines.findIndex(line => line.startsWith('Deletes')),
  )
})

test('a plan that is not saved says how to see the rest', () => {
  const lines = render(largePlan(700), { savedTo: undefined })
  assert.ok(lines.some(line => line.endsWith('more: plan -o FILE, then show FILE --deletes')))
})

test('all shows every change, deletes every delete', () => {
  const plan = largePlan(700)
  assert.equal(render(plan, { all: true }).filter(line => /… [\d,]+ more/.test(line)).length, 0)
  assert.equal(render(plan, { all: true }).filter(line => /^ {4}\+ /.test(line)).length, 100)
  const deletes = render(plan, { deletes: true })
  assert.equal(deletes.filter(line => line.startsWith('  − ')).length, 100)
  assert.ok(deletes.filter(line => line.startsWith('  ~ ')).length < 20)
})

test('in 60 columns every line fits, and moves keep both digests', () => {
  const lines = render(largePlan(700), { width: 60 })
  assert.ok(lines.length <= PLAN_LINES)
  for (const line of lines) assert.ok(visibleWidth(line) <= 60, line)
  const move = lines.find(line => line.startsWith('  ~ '))
  assert.match(move ?? '', /^ {2}~ team1\/app…\S+:v4\.16\.1 +[0-9a-f]{12} → [0-9a-f]{12}$/)
})

test('colours change nothing but colour', () => {
  const paint = (text: string): string => `\u001b[1m${text}\u001b[22m`
  const style = Object.fromEntries(Object.keys(PLAIN_STYLE).map(role => [role, paint])) as unknown as Style
  const plan = largePlan(70)
  const painted = render(plan, { style }).join('\n')
  assert.ok(painted.includes('\u001b['))
  assert.equal(painted.replaceAll('\u001b[1m', '').replaceAll('\u001b[22m', ''), render(plan).join('\n'))
})

test('names from elsewhere cannot steer the terminal', () => {
  const add = sampleAdd('a/b:1')
  const plan = samplePlan([{ ...add, reason: 'said \u001b[2J the server' }], { notes: ['\u0007 bell'] })
  assert.ok(!render(plan, { all: true }).join('').includes('\u001b'))
  assert.ok(render(plan).some(line => line.includes('? bell')))
})
