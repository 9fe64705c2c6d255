import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { parseChallenges } from './challenge.ts'

const ROWS: readonly [string, string | string[], unknown][] = [
  ['nothing', '', []],
  [
    'a bearer challenge whose scope holds a comma',
    'Bearer realm="https://auth.example/token",service="registry",scope="repository:a/b:pull,push"',
    [
      {
        scheme: 'bearer',
        parameters: {
          realm: 'https://auth.example/token',
          service: 'registry',
          scope: 'repository:a/b:pull,push',
        },
      },
    ],
  ],
  [
    'basic with escaped quotes',
    'Basic realm="a \\"b\\" c"',
    [{ scheme: 'basic', parameters: { realm: 'a "b" c' } }],
  ],
  [
    'two challenges in one header',
    'Basic realm="x", Bearer realm="https://a/t" , service=reg',
    [
      { scheme: 'basic', parameters: { realm: 'x' } },
      { scheme: 'bearer', parameters: { realm: 'https://a/t', service: 'reg' } },
    ],
  ],
  [
    'two headers',
    ['Negotiate', 'Basic realm=x'],
    [
      { scheme: 'negotiate', parameters: {} },
      { scheme: 'basic', parameters: { realm: 'x' } },
    ],
  ],
  [
    'an opaque value before another challenge',
    'Negotiate YIIabc==, Basic realm="x"',
    [
      { scheme: 'negotiate', parameters: {} },
      { scheme: 'basic', parameters: { realm: 'x' } },
    ],
  ],
  [
    'spaces around equals signs and capital names',
    'BEARER Realm = "https://a/t" , Service = "s"',
    [{ scheme: 'bearer', parameters: { realm: 'https://a/t', service: 's' } }],
  ],
]

for (const [what, header, expected] of ROWS)
  test(`WWW-Authenticate is read: ${what}`, () => {
    assert.deepEqual(parseChallenges(header), expected)
  })

test('a challenge is read back whatever its quoted values hold', () => {
  const name = fc.stringMatching(/^[a-z]{1,8}$/)
  const value = fc.string({ unit: fc.constantFrom(...'abc ,="\\:/?&') })
  fc.assert(
    fc.property(fc.dictionary(name, value, { noNullPrototype: true, minKeys: 1 }), parameters => {
      const text = Object.entries(parameters)
        .map(([key, text]) => `${key}="${text.replace(/["\\]/g, '\\$&')}"`)
        .join(', ')
      assert.deepEqual(parseChallenges(`Bearer ${text}`), [{ scheme: 'bearer', parameters }])
    }),
  )
})

test('text that is no challenge at all is survived', () => {
  fc.assert(fc.property(fc.string(), text => void parseChallenges(text)))
})
