/** The functions of templates: what Go, sprig and Helm document, one row for each that is easily got wrong. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { evaluate } from '../../testing/rendering.ts'

const CASES: readonly (readonly [template: string, text: string])[] = [
  ['{{ printf "%s:%d/%v %q %05d %-4s|%.2f%%" "a" 3 true "q" 42 "x" 1.5 }}', 'a:3/true "q" 00042 x   |1.50%'],
  [
    '{{ printf "%s" nil }}{{ printf "%d" "x" }}{{ printf "%s %s" "a" }}',
    '%!s(<nil>)%!d(string=x)a %!s(MISSING)',
  ],
  ['{{ print "a" 1 2 "b" }} {{ list 1 "a" nil }} {{ dict "a" 1 }}', 'a1 2b [1 a <nil>] map[a:1]'],
  ['{{ quote "a\\"b" 1 nil }} {{ squote "a" }}', '"a\\"b" "1" \'a\''],
  [
    '{{ trunc 3 "abcde" }} {{ trunc -2 "abcde" }} {{ trimSuffix "-" "a-" }} {{ trimAll "$" "$5$" }}',
    'abc de a 5',
  ],
  ['{{ "a b" | replace " " "-" | upper | nindent 2 }}', '\n  A-B'],
  ['{{ indent 2 "a\\nb" }}', '  a\n  b'],
  ['{{ contains "b" "abc" }} {{ hasPrefix "a" "abc" }} {{ hasSuffix "a" "abc" }}', 'true true false'],
  [
    '{{ splitList "," "a,b" | join "-" }} {{ (split "." "1.2")._1 }} {{ splitn "/" 2 "a/b/c" }}',
    'a-b 2 map[_0:a _1:b/c]',
  ],
  [
    '{{ title "hello world" }} {{ camelcase "a_b" }} {{ snakecase "FirstName" }} {{ kebabcase "FirstName" }}',
    'Hello World AB first_name first-name',
  ],
  ['{{ toString 5 }}{{ toString nil }} {{ 1 | toString | quote }}', '5<nil> "1"'],
  [
    '{{ default "d" "" }} {{ default "d" 0 }} {{ coalesce "" nil "c" }} {{ ternary "y" "n" true }} {{ empty list }}',
    'd d c y true',
  ],
  [
    '{{ eq "a" "b" "a" }} {{ ne 1 2 }} {{ lt 1 2.5 }} {{ ge "b" "a" }} {{ not "" }}',
    'true true true true true',
  ],
  [
    '{{ add 1 2 3 }} {{ sub 5 2 }} {{ mul 2 3 }} {{ div 7 2 }} {{ mod 7 2 }} {{ max 1 5 3 }} {{ min 2 1 }} {{ add1 1 }}',
    '6 3 6 3 1 5 1 2',
  ],
  [
    '{{ floor 1.7 }} {{ ceil 1.2 }} {{ round 1.256 2 }} {{ int "12" }} {{ int64 1.9 }} {{ float64 "1.5" }}',
    '1 2 1.26 12 1 1.5',
  ],
  ['{{ until 3 }} {{ untilStep 1 6 2 }} {{ seq 1 3 }} {{ seq 3 1 }}', '[0 1 2] [1 3 5] 1 2 3 3 2 1'],
  [
    '{{ first (list 1 2) }}{{ last (list 1 2) }} {{ rest (list 1 2) }} {{ append (list 1) 2 }} {{ uniq (list 1 1 2) }} {{ has 1 (list 1) }}',
    '12 [2] [1 2] [1 2] true',
  ],
  [
    '{{ concat (list 1) (list 2) }} {{ without (list 1 2) 1 }} {{ compact (list "" 1) }} {{ reverse (list 1 2) }} {{ slice (list 1 2 3) 1 2 }}',
    '[1 2] [2] [1] [2 1] [2]',
  ],
  ['{{ len "äb" }} {{ len (list 1) }} {{ index (dict "a" (list 5 6)) "a" 1 }}', '3 1 6'],
  [
    '{{ keys (dict "b" 1 "a" 2) }} {{ values (dict "b" 1 "a" 2) }} {{ pick (dict "a" 1 "b" 2) "a" }} {{ omit (dict "a" 1 "b" 2) "a" }}',
    '[a b] [2 1] map[a:1] map[b:2]',
  ],
  [
    '{{ merge (dict "a" 1) (dict "a" 2 "b" 3) }} {{ mergeOverwrite (dict "a" 1) (dict "a" 2) }}',
    'map[a:1 b:3] map[a:2]',
  ],
  [
    '{{ dig "a" "b" "d" (dict "a" (dict "b" 1)) }} {{ dig "a" "x" "d" (dict "a" dict) }} {{ get (dict "a" 1) "b" | quote }} {{ hasKey (dict "a" 1) "a" }}',
    '1 d "" true',
  ],
  [
    '{{ $d := dict "a" 1 }}{{ $_ := unset $d "a" }}{{ $d }} {{ pluck "a" (dict "a" 1) (dict "b" 2) }}',
    'map[] [1]',
  ],
  ['{{ toYaml (dict "b" (list 1 "x") "a" "yes") }}', 'a: "yes"\nb:\n- 1\n- x'],
  [
    '{{ toJson (dict "b" 1 "a" (list true nil)) }} {{ (fromJson "{\\"a\\":[1]}").a }}',
    '{"a":[true,null],"b":1} [1]',
  ],
  [
    '{{ (fromYaml "a: {b: on}").a.b }} {{ (fromYaml "[").Error | empty }} {{ fromYamlArray "- a" }}',
    'true false [a]',
  ],
  [
    '{{ b64enc "a" }} {{ b64dec "YQ==" }} {{ sha256sum "" | trunc 8 }} {{ adler32sum "abc" }}',
    'YQ== a e3b0c442 38600999',
  ],
  [
    '{{ regexMatch "^a+$" "aa" }} {{ regexReplaceAll "(a)(b)" "abab" "$2" }} {{ regexFind "[0-9]+" "a12" }} {{ regexSplit "," "a,b" -1 }} {{ mustRegexReplaceAllLiteral "a" "aa" "$1" }}',
    'true bb 12 [a b] $1$1',
  ],
  [
    '{{ semverCompare ">=1.19-0" "v1.34.0" }} {{ semverCompare ">=1.2, <2" "1.3.0" }} {{ semverCompare "^1.2.0" "2.0.0" }} {{ semverCompare "<1.21-0" "1.20.5" }} {{ (semver "1.2.3").Minor }}',
    'true true false true 2',
  ],
  [
    '{{ base "/a/b.txt" }} {{ dir "/a/b.txt" }} {{ ext "b.txt" }} {{ clean "a/../b" }} {{ (urlParse "https://u@h:1/p?q").host }}',
    'b.txt /a .txt b h:1',
  ],
  [
    '{{ kindOf 1 }} {{ kindIs "map" dict }} {{ typeOf "a" }} {{ kindOf nil }} {{ typeIs "string" "a" }} {{ kindIs "slice" list }}',
    'int true string invalid true true',
  ],
  [
    '{{ randAlphaNum 4 }} {{ (genCA "a" 1).Cert | empty }} {{ lookup "v1" "Secret" "a" "b" | empty }} {{ now | date "2006" | len }}',
    'xxxx false true 10',
  ],
  [
    '{{ mustToJson list }} {{ deepEqual (list 1) (list 1) }} {{ all 1 0 }} {{ any 1 0 }} {{ htmlDate now }}',
    '[] true false true 2000-01-01',
  ],
]

describe('functions of templates', () => {
  for (const [template, text] of CASES) it(template, () => assert.equal(evaluate(template).text, text))

  it('give the same text every time', () => {
    const template = '{{ uuidv4 }}{{ genPrivateKey "rsa" }}{{ now }}{{ randNumeric 3 }}{{ htpasswd "a" "b" }}'
    assert.equal(evaluate(template).text, evaluate(template).text)
  })
})
