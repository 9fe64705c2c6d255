import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { printable, shortenEnd, shortenMiddle, visibleWidth, wrap } from './fit.ts'

test('a long reference loses its middle and keeps host and tag', () => {
  assert.equal(
    shortenMiddle('registry.redhat.io/openshift4/ose-kube-rbac-proxy:v4.16', 30),
    'registry.re…e-rbac-proxy:v4.16',
  )
  assert.equal(shortenMiddle('a/b:1', 30), 'a/b:1')
})

test('a long sentence loses its end', () => {
  assert.equal(shortenEnd('no longer in the image set', 14), 'no longer in…')
})

test('shortened text never takes more columns than there are, wide characters included', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.nat(40), (text, width) => {
      const clean = printable(text).replaceAll('\n', ' ')
      assert.ok(visibleWidth(shortenMiddle(clean, width)) <= width)
      assert.ok(visibleWidth(shortenEnd(clean, width)) <= width)
    }),
  )
})

test('text from elsewhere cannot steer the terminal', () => {
  assert.equal(printable('a\u001b[31mb\u0007\tc\r\nd\u202e'), 'a?[31mb? c\nd?')
})

test('wrapped lines keep words whole, hang below their first line and respect line feeds', () => {
  assert.deepEqual(wrap('  - one two three', 10, 2), ['  - one', '    two', '    three'])
  assert.deepEqual(wrap('sha256:0123456789abcdef is long', 10), ['sha256:0123456789abcdef', 'is long'])
  assert.deepEqual(wrap('first\nsecond', 80, 2), ['first', '  second'])
  assert.deepEqual(wrap('never broken here', Number.POSITIVE_INFINITY), ['never broken here'])
})

test('wrapping loses no word', () => {
  fc.assert(
    fc.property(
      fc.array(fc.stringMatching(/^[a-z]{1,12}$/)),
      fc.integer({ min: 1, max: 60 }),
      (words, width) => {
        assert.deepEqual(
          wrap(words.join(' '), width)
            .join(' ')
            .split(' ')
            .filter(word => word !== ''),
          words,
        )
      },
    ),
  )
})
