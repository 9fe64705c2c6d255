/** The template language, construct by construct, with the results Go gives. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { evaluate } from '../testing/rendering.ts'

const DATA = {
  a: { b: { c: 'deep' } },
  list: ['x', 'y', 'z'],
  map: { two: 2, one: 1 },
  empty: '',
  none: null,
  off: false,
  count: 3,
  large: 12345678,
  half: 0.5,
}

const CASES: readonly (readonly [sentence: string, template: string, text: string])[] = [
  ['text stays as it is', 'a { b } c', 'a { b } c'],
  ['a field of a field', '{{ .a.b.c }}', 'deep'],
  ['trim markers take white space away on their side only', 'a \n {{- 1 -}} \n b {{ 2 }} c', 'a1b 2 c'],
  ['comments leave nothing', 'a{{/* no */}}b{{- /* no\nno */ -}} c', 'abc'],
  ['a missing key prints nothing', '[{{ .missing }}]', '[]'],
  ['if, else if, else', '{{ if .off }}1{{ else if .count }}2{{ else }}3{{ end }}', '2'],
  [
    'with moves the dot, and its else does not',
    '{{ with .a.b }}{{ .c }}{{ end }}{{ with .off }}{{ else }}{{ .count }}{{ end }}',
    'deep3',
  ],
  ['else with', '{{ with .off }}1{{ else with .a.b }}{{ .c }}{{ end }}', 'deep'],
  ['range over a list', '{{ range .list }}{{ . }},{{ end }}', 'x,y,z,'],
  ['range with index and value', '{{ range $i, $v := .list }}{{ $i }}{{ $v }}{{ end }}', '0x1y2z'],
  [
    'range over a dictionary goes by sorted keys',
    '{{ range $k, $v := .map }}{{ $k }}={{ $v }} {{ end }}',
    'one=1 two=2 ',
  ],
  ['range over nothing takes the else', '{{ range .none }}1{{ else }}2{{ end }}', '2'],
  ['range over a number', '{{ range 3 }}{{ . }}{{ end }}', '012'],
  [
    'break and continue',
    '{{ range .list }}{{ if eq . "y" }}{{ continue }}{{ end }}{{ . }}{{ if eq . "z" }}{{ break }}{{ end }}{{ end }}',
    'xz',
  ],
  [
    'variables are seen inside and set from inside',
    '{{ $x := 1 }}{{ if true }}{{ $x = 2 }}{{ end }}{{ $x }}',
    '2',
  ],
  ['a variable declared inside is another', '{{ $x := 1 }}{{ if true }}{{ $x := 2 }}{{ end }}{{ $x }}', '1'],
  ['$ is the data of the template wherever the dot is', '{{ range .list }}{{ $.count }}{{ end }}', '333'],
  ['define and template', '{{ define "t" }}<{{ .b.c }}>{{ end }}{{ template "t" .a }}', '<deep>'],
  ['block is defined and used at once', '{{ block "t" .a }}{{ .b.c }}{{ end }}', 'deep'],
  ['include can be piped', '{{ define "t" }}{{ . }}{{ end }}{{ include "t" "x" | upper }}', 'X'],
  ['tpl reads a text as a template', '{{ tpl "{{ .a.b.c }}" . }}', 'deep'],
  [
    'a pipeline hands its value on as the last argument',
    '{{ .empty | default "d" | printf "%s-%s" "p" }}',
    'p-d',
  ],
  ['parentheses', '{{ (index .list 1) | upper }}{{ (dict "k" "v").k }}', 'Yv'],
  [
    'and, or give an operand and stop early',
    '{{ and 1 0 (fail "never") }}{{ or .off "x" (fail "never") }}',
    '0x',
  ],
  ['a parenthesised nothing has only nothing below it', '[{{ ((.none).b).c }}]', '[]'],
  [
    'large numbers of values print with an exponent, as in Helm',
    '{{ .large }} {{ .count }} {{ .half }} {{ int .large }}',
    '1.2345678e+07 3 0.5 12345678',
  ],
  [
    'numbers, runes and raw strings',
    '{{ 0x10 }} {{ -3 }} {{ 1.50 }} {{ `a\\n` }} {{ "a\\tb" }}',
    '16 -3 1.5 a\\n a\tb',
  ],
  ['a dictionary that is changed stays changed', '{{ $_ := set .map "one" 5 }}{{ .map.one }}', '5'],
]

describe('a template', () => {
  for (const [sentence, template, text] of CASES)
    it(sentence, () => assert.deepEqual(evaluate(template, structuredClone(DATA)), { text, remarks: [] }))

  it('goes on where Helm stops, and says so', () => {
    const { text, remarks } = evaluate(
      '{{ .none.b }}{{ required "give x" .none }}{{ fail "no" }}{{ .count.b }}rest',
    )
    assert.equal(text, 'rest')
    assert.deepEqual(remarks, [
      '.none.b is asked of a value that is not set',
      'a value has to be given: give x',
      'the chart stops: no',
      '.count.b is asked of a value that is not set',
    ])
  })
})

const REFUSED: readonly (readonly [string, RegExp])[] = [
  ['{{ if }}', /line 1: the action ends too early/],
  ['a\n{{ if 1 }}', /line 2: the block has no \{\{end\}\}/],
  ['{{ end }}', /unexpected \{\{end\}\}/],
  ['{{ .a', /the action does not end/],
  ['{{/* a', /the comment does not end/],
  ['{{ "a }}', /unexpected "\\""/],
  ['\n{{ nope 1 }}', /line 2: the function "nope" is not known/],
  ['{{ include "x" . }}', /there is no template "x"/],
  ['{{ $x }}', /there is no variable \$x/],
  ['{{ define "a" }}{{ include "a" . }}{{ end }}{{ include "a" . }}', /include each other more than/],
  ['{{ range until 1000 }}{{ range until 1000 }}{{ end }}{{ end }}', /computes longer/],
  ['{{ range until 300 }}{{ repeat 9999 "abc" }}{{ end }}', /more text than any chart/],
  ['{{ $x := "ab" }}{{ range until 40 }}{{ $x = print $x $x }}{{ end }}', /more text than any chart/],
  ['{{ until 1e12 }}', /more than a chart needs/],
  [`${'{{ if 1 }}'.repeat(5000)}`, /blocks in each other/],
  [`{{ ${'('.repeat(5000)} }}`, /too many parentheses/],
]

describe('a template is refused by line', () => {
  for (const [template, message] of REFUSED)
    it(template.slice(0, 60), () =>
      assert.throws(() => evaluate(template), { name: 'TemplateFault', message }),
    )
})

it('any text without braces is itself, and any text in quotes comes out as it went in', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary' }).filter(text => !text.includes('{{')),
      text => {
        assert.equal(evaluate(text).text, text)
        const quoted = JSON.stringify(text.replace(/[^\x20-\x7e]/g, ''))
        assert.equal(evaluate(`{{ ${quoted} }}`).text, JSON.parse(quoted))
      },
    ),
    { numRuns: 200 },
  )
})

const FRAGMENTS = [
  '{{',
  '}}',
  '{{- ',
  ' -}}',
  'if ',
  'else',
  'end',
  'range ',
  '$x',
  ':=',
  '.a',
  '(',
  ')',
  '|',
  '"t"',
  '1',
  'define "t"',
  'include "t" .',
  'tpl "{{" .',
  '/*',
  '*/',
  ' ',
  'index .list 9',
  'printf "%d"',
]

it('whatever stands in a template, it is evaluated or refused as a template', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...FRAGMENTS), { maxLength: 24 }), parts => {
      try {
        evaluate(parts.join(''), DATA)
      } catch (error) {
        assert.equal((error as Error).name, 'TemplateFault', String(error))
      }
    }),
    { numRuns: 1000 },
  )
})
