import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sampleAdd, samplePlan } from '../../testdata/sample-plans.ts'
import type { Selection } from '../content/selection.ts'
import type { Plan } from '../plan/plan.ts'
import { renderPlanMarkdown } from './plan-markdown.ts'
import { renderPlan } from './plan-text.ts'
import type { PlanRendering } from './plan-view.ts'
import { selectionText } from './selection-text.ts'
import { PLAIN_STYLE } from './style.ts'

const TITLE = 'channel stable-4.16 (x86_64)'

function chosen(...kept: readonly (readonly [name: string, why: string])[]): Selection {
  return { title: TITLE, kept: kept.map(([name, why]) => ({ name, why })), remarks: [] }
}

function render(plan: Plan, over: Partial<PlanRendering> = {}): string[] {
  return renderPlan(plan, { style: PLAIN_STYLE, width: 120, savedTo: 'p.json', ...over }).split('\n')
}

const RANGE = Array.from({ length: 12 }, (_, at) => [`4.16.${at + 3}`, 'in the range'] as const)
const WHOLE = chosen(['4.16.2', 'requested'], ...RANGE, ['4.16.15', 'head of the channel'])
const REMARK = '4.16.5 → 4.16.8 is conditional: OneRisk'

const rows: readonly (readonly [what: string, selection: Selection, text: string])[] = [
  ['nothing', chosen(), 'nothing'],
  ['one version', chosen(['4.16.8', 'requested']), '4.16.8 (requested)'],
  [
    'two for one reason',
    chosen(['4.16.7', 'requested'], ['4.16.8', 'requested']),
    '4.16.7, 4.16.8 (requested)',
  ],
  [
    'many for one reason',
    WHOLE,
    '4.16.2 (requested), 4.16.3 … 4.16.14 (12: in the range), 4.16.15 (head of the channel)',
  ],
  [
    'many for many reasons',
    chosen(...RANGE.map(([name], at) => [name, `reason ${at}`] as const)),
    '4.16.3 (reason 0), 4.16.4 (reason 1), 4.16.5 (reason 2), … 7 more …, 4.16.13 (reason 10), 4.16.14 (reason 11)',
  ],
]

for (const [what, selection, text] of rows)
  test(`a channel that came down to ${what} is told in one line`, () => {
    assert.equal(selectionText(selection), `${TITLE}: ${text}`)
  })

test('a plan says what was chosen and why, and what to weigh below it', () => {
  const plan = samplePlan([sampleAdd('a/b:1')], { selections: [{ ...WHOLE, remarks: [REMARK] }] })
  const lines = render(plan)
  const at = lines.indexOf('Chosen')
  assert.deepEqual(lines.slice(at, at + 4), [
    'Chosen',
    `  ${TITLE}: 4.16.2 (requested), 4.16.3 … 4.16.14 (12: in the range), 4.16.15 (head of the channel)`,
    `    ! ${REMARK}`,
    '',
  ])
})

test('with --all every version has a line with its reason', () => {
  const lines = render(samplePlan([sampleAdd('a/b:1')], { selections: [WHOLE] }), { all: true })
  const at = lines.indexOf('Chosen')
  assert.deepEqual(lines.slice(at + 1, at + 4), [
    `  ${TITLE}: 14 kept`,
    '    4.16.2   requested',
    '    4.16.3   in the range',
  ])
  assert.equal(lines.filter(line => line.startsWith('    4.16.')).length, 14)
})

test('what was remarked stays on the screen, however many packages there are', () => {
  const packages = Array.from({ length: 200 }, (_, at) => ({
    title: `package p${at}`,
    kept: [{ name: 'p.v1', why: 'head of channel stable' }],
    remarks: at === 150 ? ['it has no bundle for s390x'] : [],
  }))
  const lines = render(samplePlan([sampleAdd('a/b:1')], { selections: packages }))
  assert.ok(lines.length <= 40)
  assert.ok(lines.includes('    ! it has no bundle for s390x'))
  assert.ok(lines.some(line => /^ {2}… \d+ more: mirrorform show p\.json --all$/.test(line)))
})

test('packages stand below their catalog and need not name it again, those with remarks first', () => {
  const catalog = (name: string) => ({
    ...chosen(['sha256:12', 'rebuilt']),
    title: `catalog r.example/${name}:v1`,
  })
  const operator = (name: string, of: string, ...remarks: string[]) => ({
    ...chosen([`${name}.v1`, 'requested']),
    title: `package ${name}, catalog r.example/${of}:v1`,
    remarks,
  })
  const selections = [
    catalog('one'),
    operator('a', 'one'),
    catalog('two'),
    operator('b', 'two'),
    operator('c', 'two', REMARK),
    operator('d', 'elsewhere'),
  ]
  const lines = render(samplePlan([sampleAdd('a/b:1')], { selections }))
  const at = lines.indexOf('Chosen')
  assert.deepEqual(lines.slice(at + 1, at + 8), [
    '  catalog r.example/two:v1: sha256:12 (rebuilt)',
    '    package c: c.v1 (requested)',
    `      ! ${REMARK}`,
    '    package b: b.v1 (requested)',
    '  catalog r.example/one:v1: sha256:12 (rebuilt)',
    '    package a: a.v1 (requested)',
    '  package d, catalog r.example/elsewhere:v1: d.v1 (requested)',
  ])
})

test('where nothing changes, only what was remarked is told', () => {
  const plan = samplePlan([], { selections: [WHOLE, { ...chosen(), remarks: [REMARK] }] })
  const lines = render(plan)
  assert.deepEqual(lines.slice(1), ['', 'Chosen', `  ${TITLE}: nothing`, `    ! ${REMARK}`])
})

test('a pull request sees what was chosen, remarks in bold', () => {
  const text = renderPlanMarkdown(
    samplePlan([sampleAdd('a/b:1')], {
      selections: [{ ...chosen(['4.16.8', 'requested']), remarks: ['mind it'] }],
    }),
  )
  assert.ok(text.includes('- channel stable-4.16 (x86\\_64): 4.16.8 (requested)\n  - **mind it**\n'), text)
})
