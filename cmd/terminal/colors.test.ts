import assert from 'node:assert/strict'
import { test } from 'node:test'
import { columnsOf, createStyle, wantsColor } from './colors.ts'

test('colour follows FORCE_COLOR, then NO_COLOR, then the terminal', () => {
  const terminal = { isTTY: true }
  const rows = [
    [terminal, {}, true],
    [{}, {}, false],
    [terminal, { NO_COLOR: '1' }, false],
    [terminal, { NO_COLOR: '' }, true],
    [terminal, { TERM: 'dumb' }, false],
    [{}, { FORCE_COLOR: '1' }, true],
    [{}, { FORCE_COLOR: '1', NO_COLOR: '1' }, true],
    [terminal, { FORCE_COLOR: '0' }, false],
    [terminal, { FORCE_COLOR: 'false' }, false],
  ] as const
  for (const [stream, env, expected] of rows)
    assert.equal(wantsColor(stream, env, true), expected, JSON.stringify(env))
  assert.equal(wantsColor(terminal, {}, false), false)
})

test('a style without colour has no escape codes, one with colour has them', () => {
  for (const paint of Object.values(createStyle(false))) assert.equal(paint('text'), 'text')
  for (const paint of Object.values(createStyle(true))) assert.ok(paint('text').startsWith('\u001b['))
})

test("the width is the terminal's, else COLUMNS, else the fallback", () => {
  assert.equal(columnsOf({ isTTY: true, columns: 72 }, { COLUMNS: '50' }), 72)
  assert.equal(columnsOf({}, { COLUMNS: '50' }), 50)
  assert.equal(columnsOf({}, {}), 100)
  assert.equal(columnsOf({}, { COLUMNS: 'wide' }, Number.POSITIVE_INFINITY), Number.POSITIVE_INFINITY)
})
