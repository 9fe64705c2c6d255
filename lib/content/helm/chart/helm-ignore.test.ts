/** `.helmignore`, with Helm's own rules. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ignoredBy } from './helm-ignore.ts'

const CASES: readonly (readonly [rules: string, path: string, isIgnored: boolean])[] = [
  ['*.bak', 'a.bak', true],
  ['*.bak', 'sub/a.bak', true],
  ['sub/*.bak', 'other/a.bak', false],
  ['/a.txt', 'a.txt', true],
  ['/a.txt', 'sub/a.txt', false],
  ['docs/', 'docs/a/b.md', true],
  ['docs/', 'docs', false],
  ['docs', 'sub/docs/a', true],
  ['# a\n\n  *.md  ', 'x.md', true],
  ['!*.txt', 'a.txt', false],
  ['!*.txt', 'a.md', true],
  ['', 'templates/.swp', true],
  ['', 'templates/a.yaml', false],
]

describe('.helmignore', () => {
  for (const [rules, path, isIgnored] of CASES)
    it(`${JSON.stringify(rules)} ${isIgnored ? 'leaves out' : 'keeps'} ${path}`, () =>
      assert.equal(ignoredBy(rules)(path), isIgnored))
})
