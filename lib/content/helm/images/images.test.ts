/** Where images of charts are found, and what is told of those that cannot be. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { ChartTexts } from '../../../../testdata/charts.ts'
import { type JsonPath, parseJsonPath } from '../../../config/index.ts'
import { formatReference } from '../../../oci/reference.ts'
import { render } from '../testing/rendering.ts'
import { imagesOfChart } from './chart-images.ts'
import { findTexts } from './follow-path.ts'

async function found(template: string, paths: readonly JsonPath[] = [], more: ChartTexts = {}) {
  const files = { 'Chart.yaml': 'name: top\nversion: 1.0.0\n', 'templates/a.yaml': template, ...more }
  const { images, notes } = imagesOfChart(await render(files), paths, 'chart top 1.0.0')
  return { images: images.map(formatReference), notes }
}

const pod = (spec: string, kind = 'Pod'): string => `kind: ${kind}\nspec: ${spec}\n`

const CASES: readonly (readonly [string, string, readonly string[]])[] = [
  [
    'of a pod',
    pod('{containers: [{image: "q.io/a:1"}], initContainers: [{image: "q.io/b:1"}]}'),
    ['q.io/a:1', 'q.io/b:1'],
  ],
  ['of ephemeral containers', pod('{ephemeralContainers: [{image: "q.io/a:1"}]}'), ['q.io/a:1']],
  [
    'of a Deployment',
    pod('{template: {spec: {containers: [{image: "q.io/a:1"}]}}}', 'Deployment'),
    ['q.io/a:1'],
  ],
  [
    'of a CronJob',
    pod('{jobTemplate: {spec: {template: {spec: {containers: [{image: "q.io/a:1"}]}}}}}', 'CronJob'),
    ['q.io/a:1'],
  ],
  [
    'of a custom resource with a pod template',
    pod('{workers: [{template: {spec: {containers: [{image: "q.io/a:1"}]}}}]}', 'Train'),
    ['q.io/a:1'],
  ],
  ['of an image volume', pod('{volumes: [{image: {reference: "q.io/a:1"}}]}'), ['q.io/a:1']],
  [
    'of several documents and of a list',
    `${pod('{containers: [{image: "q.io/a:1"}]}')}---\nkind: List\nitems: [{kind: Pod, spec: {containers: [{image: "q.io/b:1"}]}}]\n`,
    ['q.io/a:1', 'q.io/b:1'],
  ],
  [
    'of a hook that is no test',
    `metadata: {annotations: {helm.sh/hook: "pre-install,post-upgrade"}}\n${pod('{containers: [{image: "q.io/a:1"}]}')}`,
    ['q.io/a:1'],
  ],
  [
    'not of tests',
    `metadata: {annotations: {helm.sh/hook: test-success}}\n${pod('{containers: [{image: "q.io/a:1"}]}')}`,
    [],
  ],
  [
    'without a host at Docker Hub, without a tag as latest',
    pod('{containers: [{image: nginx}, {image: "bitnami/redis:7"}]}'),
    ['docker.io/bitnami/redis:7', 'docker.io/library/nginx:latest'],
  ],
  ['not of a custom resource that no expression points into', pod('{image: "q.io/a:1"}', 'Kafka'), []],
]

describe('images are found', () => {
  for (const [sentence, template, images] of CASES)
    it(sentence, async () => assert.deepEqual(await found(template), { images, notes: [] }))

  it('where the expressions of the image set point, when they are images', async () => {
    const template = pod(
      '{image: "q.io/a:1", env: [{value: "q.io/b:1 q.io/c@sha256:' +
        'ab'.repeat(32) +
        '"}, {value: "http://x:80"}, {value: "localhost:80"}, {value: "plain"}, {value: "1:2"}, {value: 5}]}',
      'Kafka',
    )
    const { images, notes } = await found(
      template,
      ['{.spec.image}', '{.spec.env[*].value}'].map(parseJsonPath),
    )
    assert.deepEqual(images, ['q.io/a:1', 'q.io/b:1', `q.io/c@sha256:${'ab'.repeat(32)}`])
    assert.deepEqual(notes, [])
  })
})

describe('what cannot be read is told', () => {
  it('a template with an unknown function is read as text, with the values it names and no others', async () => {
    const template =
      '{{ nope }}\nimage: q.io/text:1\n  - image: "{{ .Values.one.image }}"\nimage: {{ x .Values.two }}\n'
    const values =
      'one: {image: {registry: q.io, repository: one, tag: 1.5}}\ntwo: {image: "q.io/two:2"}\nthree: {image: {repository: q.io/three, tag: a}}\n'
    const { images, notes } = await found(template, [], { 'values.yaml': values })
    assert.deepEqual(images, ['q.io/one:1.5', 'q.io/text:1', 'q.io/two:2'])
    assert.equal(notes.length, 1)
    assert.match(
      notes[0] ?? '',
      /^chart top 1\.0\.0: top\/templates\/a\.yaml cannot be rendered \(line 1: the function "nope" is not known\): its images are read from its text/,
    )
  })

  it('text that is no YAML is read line by line', async () => {
    const { images, notes } = await found('a: [\n  image: q.io/a:1\n')
    assert.deepEqual(images, ['q.io/a:1'])
    assert.match(notes[0] ?? '', /is no YAML when it is rendered/)
  })

  it('missing values are told in one note, with what Helm would say', async () => {
    const { images, notes } = await found(
      `{{ required "give a" .Values.a }}{{ fail "b" }}${pod('{containers: [{image: "q.io/a:1"}]}')}`,
    )
    assert.deepEqual(images, ['q.io/a:1'])
    assert.deepEqual(notes, [
      'chart top 1.0.0: Helm would stop at top/templates/a.yaml, because values are missing (a value has to be given: give a; the chart stops: b): images are those that the chart names without them',
    ])
  })

  it('what is no reference, and what is named after the release, is left out by name', async () => {
    const { images, notes } = await found(
      pod('{containers: [{image: "A B"}, {image: "{{ .Release.Name }}:1"}]}'),
    )
    assert.deepEqual(images, [])
    assert.match(
      notes.join('\n'),
      /"A B" is left out: .*\n.*"release-name:1" is left out: it is named after the release/,
    )
  })
})

const DOCUMENT = {
  a: {
    b: [
      { n: 'x', v: '1' },
      { n: 'y', v: '2' },
    ],
    'k.l': 'dotted',
  },
  list: ['p', 'q r', 's'],
}
const PATHS: readonly (readonly [string, readonly string[]])[] = [
  ['{.a.b[*].v}', ['1', '2']],
  ['{.a.b[1].v}', ['2']],
  ['{.a.b[-1].v}', ['2']],
  ['{$.list[0:2]}', ['p', 'q', 'r']],
  ['{..v}', ['1', '2']],
  ['{.a.b[?(@.n=="y")].v}', ['2']],
  ['{.a.b[?(@.n!="y")].v}', ['1']],
  ["{.a['k.l']}", ['dotted']],
  ['{.a.k\\.l}', ['dotted']],
  ['{.list[0]}{.a.b[0].n}', ['p', 'x']],
  ['.a.b[0].v', ['1']],
  ['{.missing.x}', []],
  ['{.a.*[*].n}', ['x', 'y']],
]

describe('a JSONPath expression', () => {
  for (const [path, texts] of PATHS)
    it(`${path} finds ${texts.join(', ') || 'nothing'}`, () =>
      assert.deepEqual(findTexts(DOCUMENT, parseJsonPath(path)), texts))

  for (const path of ['', '{.a', '{.a[}', '{range .a}', '{.a[]}', '{.a b}', '{.a[?(x)]}'])
    it(`"${path}" is refused`, () => assert.throws(() => parseJsonPath(path), { name: 'SyntaxFault' }))
})
