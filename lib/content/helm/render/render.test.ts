/** Charts rendered with their own values: what takes part, what templates are given, and what subcharts see. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type ChartTexts, packageOf, sampleChart } from '../../../../testdata/charts.ts'
import { render, textOf } from '../testing/rendering.ts'

const BASE: ChartTexts = { 'Chart.yaml': 'name: top\nversion: 1.0.0\n' }
const chart = (more: ChartTexts): ChartTexts => ({ ...BASE, ...more })
const sub = (name: string, more: ChartTexts, version = '1.0.0'): ChartTexts =>
  Object.fromEntries(
    Object.entries({ 'Chart.yaml': `name: ${name}\nversion: ${version}\n`, ...more }).map(([path, text]) => [
      `charts/${name}/${path}`,
      text,
    ]),
  )
const depends = (...lines: readonly string[]): ChartTexts => ({
  'Chart.yaml': `name: top\nversion: 1.0.0\ndependencies:\n${lines.map(line => `- {${line}}\n`).join('')}`,
})
const paths = async (files: ChartTexts) => (await render(files)).map(({ path }) => path)

describe('a chart', () => {
  it('is rendered with CRDs, without partials, notes and templates of libraries', async () => {
    const files = chart({
      'templates/_helpers.tpl': '',
      'templates/NOTES.txt': 'x',
      'templates/a.yaml': '',
      'crds/c.yaml': '{{ not a template',
      ...sub('lib', { 'Chart.yaml': 'name: lib\nversion: 1.0.0\ntype: library\n', 'templates/l.yaml': '' }),
      ...sub('low', { 'templates/b.yaml': '', 'templates/_x.yaml': '' }),
    })
    assert.deepEqual(await paths(files), [
      'top/charts/low/templates/b.yaml',
      'top/crds/c.yaml',
      'top/templates/a.yaml',
    ])
  })

  it('gives templates what Helm gives them', async () => {
    const files = chart({
      'Chart.yaml':
        'name: top\nversion: 1.0.0\nappVersion: 2.1\nmaintainers: [{name: m}]\nannotations: {a/b: c}\n',
      'conf/a.txt': 'text',
      'templates/a.yaml':
        '{{ .Release.Name }} {{ .Release.Service }} {{ .Chart.AppVersion }} {{ index .Chart.Annotations "a/b" }} {{ range .Chart.Maintainers }}{{ .Name }}{{ end }} {{ .Template.BasePath }} {{ .Files.Get "conf/a.txt" }} {{ range $p, $_ := .Files.Glob "conf/*" }}{{ $p }}{{ end }} {{ (.Files.Glob "conf/*").AsConfig }} {{ .Capabilities.KubeVersion.Major }} {{ .Capabilities.APIVersions.Has "apps/v1" }} {{ .Capabilities.APIVersions.Has "route.openshift.io/v1" }}',
    })
    assert.equal(
      await textOf(files, 'a.yaml'),
      'release-name Helm 2.1 c m top/templates text conf/a.txt a.txt: text 1 true false',
    )
  })

  it('calls methods that stand as arguments', async () => {
    const files = chart({
      'conf/a.txt': 'x',
      'templates/a.yaml': '{{ indent 2 (.Files.Glob "conf/*").AsConfig }}',
    })
    assert.equal(await textOf(files, 'a.yaml'), '  a.txt: x')
  })

  it('names the templates it cannot render, and renders the others', async () => {
    const rendered = await render(
      chart({ 'templates/a.yaml': '{{ nope }}', 'templates/b.yaml': 'b', 'templates/c.yaml': '{{ if }}' }),
    )
    assert.deepEqual(
      rendered.map(each => (each.kind === 'failed' ? each.reason : each.text)),
      ['line 1: the function "nope" is not known', 'b', 'line 1: the action ends too early'],
    )
  })

  it('may use templates that its subcharts define, and replaces them', async () => {
    const files = chart({
      'templates/a.yaml': '{{ include "x" . }}{{ include "y" . }}',
      'templates/_d.tpl': '{{ define "y" }}own{{ end }}',
      ...sub('low', { 'templates/_d.tpl': '{{ define "x" }}low{{ end }}{{ define "y" }}low{{ end }}' }),
    })
    assert.equal(await textOf(files, 'a.yaml'), 'lowown')
  })

  it('takes of two subcharts that define the same template the one that Helm takes', async () => {
    const files = chart({
      'templates/a.yaml': '{{ include "x" . }}',
      ...sub('one', { 'templates/_d.tpl': '{{ define "x" }}one{{ end }}' }),
      ...sub('two', { 'templates/_d.tpl': '{{ define "x" }}two{{ end }}' }),
    })
    assert.equal(await textOf(files, 'a.yaml'), 'one')
  })
})

const VALUE = {
  'templates/v.yaml': '{{ .Values.v }} {{ .Values.global.g }}',
  'values.yaml': 'v: own\nglobal: {g: low}\n',
}

describe('subcharts', () => {
  it('see what their parent says of them over their own values, and its globals', async () => {
    const files = chart({ ...sub('low', VALUE), 'values.yaml': 'low: {v: said}\nglobal: {g: top}\n' })
    assert.equal(await textOf(files, 'v.yaml'), 'said top')
  })

  it('lose a value that their parent sets to null', async () => {
    const files = chart({ ...sub('low', VALUE), 'values.yaml': 'low: {v: null}\n' })
    assert.equal(await textOf(files, 'v.yaml'), ' low')
  })

  it('take part once for each alias, each with values of its own', async () => {
    const files = {
      ...sub('low', VALUE),
      ...depends('name: low, version: 1.x, alias: one', 'name: low, version: ">=1, <2", alias: two'),
      'values.yaml': 'one: {v: 1}\ntwo: {v: 2}\n',
    }
    assert.equal(await textOf(files, 'one/templates/v.yaml'), '1 low')
    assert.equal(await textOf(files, 'two/templates/v.yaml'), '2 low')
  })

  it('are read from packages, and from requirements.yaml of Helm 2', async () => {
    const files = chart({
      'charts/low-1.0.0.tgz': packageOf('low', { 'Chart.yaml': 'name: low\nversion: 1.0.0\n', ...VALUE }),
      'requirements.yaml': 'dependencies: [{name: low, version: 1.0.0, condition: low.enabled}]\n',
      'values.yaml': 'low: {enabled: false}\n',
    })
    assert.deepEqual(await paths(files), [])
    assert.deepEqual(await paths({ ...files, 'values.yaml': '' }), ['top/charts/low/templates/v.yaml'])
  })

  const SWITCHES: readonly (readonly [string, string, string, boolean])[] = [
    ['without condition and tags', '', '', true],
    ['with a condition nobody set', ', condition: low.enabled', '', true],
    ['with a condition that is off', ', condition: low.enabled', 'low: {enabled: false}', false],
    [
      'with the first condition that is set',
      ', condition: "x.y,low.enabled"',
      'low: {enabled: false}',
      false,
    ],
    ['with a tag that is off', ', tags: [t]', 'tags: {t: false}', false],
    ['with one tag of two that is on', ', tags: [t, u]', 'tags: {t: false, u: true}', true],
    [
      'with a condition against its tag',
      ', condition: low.enabled, tags: [t]',
      'low: {enabled: true}\ntags: {t: false}',
      true,
    ],
  ]
  for (const [sentence, more, values, isThere] of SWITCHES)
    it(`${isThere ? 'take part' : 'are left out'} ${sentence}`, async () => {
      const files = {
        ...sub('low', VALUE),
        ...depends(`name: low, version: 1.0.0${more}`),
        'values.yaml': values,
      }
      assert.equal((await paths(files)).length, isThere ? 1 : 0)
    })

  it('hand values to their parent, which its own values win over', async () => {
    const files = {
      ...sub('low', { 'values.yaml': 'exports: {data: {a: 1, b: 1}}\ndeep: {x: 5}\n' }),
      ...depends('name: low, version: 1.0.0, import-values: [data, {child: deep, parent: here.it}]'),
      'values.yaml': 'b: 2\n',
      'templates/a.yaml': '{{ .Values.a }} {{ .Values.b }} {{ .Values.here.it.x }}',
    }
    assert.equal(await textOf(files, 'a.yaml'), '1 2 5')
  })
})

const REFUSED: readonly (readonly [string, ChartTexts, RegExp])[] = [
  ['without Chart.yaml', { 'values.yaml': '' }, /the chart is no chart: it has no Chart\.yaml/],
  ['without a name', { 'Chart.yaml': 'version: 1.0.0\n' }, /Chart\.yaml has no name/],
  [
    'whose name is a path',
    { 'Chart.yaml': 'name: ../x\nversion: 1.0.0\n' },
    /"\.\.\/x" is not the name of a chart/,
  ],
  ['whose values are no YAML', chart({ 'values.yaml': 'a: [' }), /values\.yaml is not YAML/],
  ['whose values are a list', chart({ 'values.yaml': '- a' }), /values\.yaml is no mapping/],
  [
    'without a chart it depends on',
    depends('name: low, version: 1.0.0'),
    /depends on low 1\.0\.0, and does not have it/,
  ],
  ['with a subchart that is none', chart({ 'charts/x.tgz': 'no' }), /charts\/x\.tgz is no packaged chart/],
]

it('a chart that lacks what is switched off is rendered', async () => {
  const files = {
    ...depends('name: low, version: 1.0.0, condition: low.enabled'),
    'values.yaml': 'low: {enabled: false}\n',
  }
  assert.deepEqual(await paths(files), [])
})

describe('a chart is refused', () => {
  for (const [sentence, files, message] of REFUSED)
    it(sentence, () => assert.rejects(render(files), { name: 'ChartFault', message }))
})

it('a sample chart names one image', async () => {
  assert.match(
    await textOf(sampleChart('web', '1.2.0', 'reg.example'), 'deployment.yaml'),
    /image: "reg\.example\/acme\/web:1\.2\.0"/,
  )
})
