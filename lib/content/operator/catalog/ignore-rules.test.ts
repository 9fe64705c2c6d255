import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ignoreRules } from './ignore-rules.ts'

type Row = readonly [pattern: string, ignored: readonly string[], kept: readonly string[]]

/** As gitignore(5) describes them. */
const ROWS: readonly Row[] = [
  ['# a comment\n\n', [], ['# a comment', 'a']],
  ['README.md', ['README.md', 'a/README.md', 'README.md/x'], ['README.mdx', 'a/xREADME.md']],
  ['*.txt', ['a.txt', '.txt', 'b/c.txt'], ['a.txt.json', 'txt']],
  ['/a', ['a', 'a/b'], ['b/a']],
  ['a/b', ['a/b', 'a/b/c'], ['x/a/b', 'a/c']],
  ['a/', ['a/b', 'x/a/b'], ['a', 'x/a']],
  ['a/*', ['a/b', 'a/b/c'], ['x/a/b']],
  ['a/*/c', ['a/b/c'], ['a/c', 'a/b/b/c']],
  ['**/a', ['a', 'x/a', 'x/y/a'], ['xa']],
  ['a/**', ['a/b', 'a/b/c'], ['b/a/c']],
  ['a/**/b', ['a/b', 'a/x/b', 'a/x/y/b'], ['ab', 'x/a/b']],
  ['**', ['a', 'a/b'], []],
  ['a**b', ['ab', 'axxb'], ['a/b']],
  ['a?c', ['abc'], ['ac', 'a/c']],
  ['[a-c]1', ['a1', 'c1'], ['d1', '-1']],
  ['[!a-c]1', ['d1'], ['a1']],
  ['[]-]x', [']x', '-x'], ['ax']],
  ['[a', ['[a'], ['a']],
  ['a\\*', ['a*'], ['ab']],
  ['\\#a', ['#a'], ['a']],
  ['\\!a', ['!a'], ['a']],
  ['a  \nb\\ \r', ['a', 'b '], ['a  ', 'b']],
  ['*\n!keep.json', ['a', 'b/c'], ['keep.json']],
  ['a\n!a/b', ['a/b', 'a'], ['b']],
  ['!a', [], ['a']],
  ['a\n!a\na', ['a'], ['b']],
]

describe('a line of .indexignore', () => {
  for (const [pattern, ignored, kept] of ROWS)
    it(`${JSON.stringify(pattern)} means what it means in a .gitignore`, () => {
      const isIgnored = ignoreRules(new Map([['.indexignore', Buffer.from(pattern)]]))
      assert.deepEqual(ignored.filter(isIgnored), ignored)
      assert.deepEqual(kept.filter(isIgnored), [])
    })
})

describe('files of a catalog', () => {
  it('are ignored by rules of their own folder and of those above, the deepest last', () => {
    const isIgnored = ignoreRules(
      new Map([
        ['.indexignore', Buffer.from('*.txt\n/top')],
        ['a/.indexignore', Buffer.from('!kept.txt\n/b\n/top')],
      ]),
    )
    const paths = ['x.txt', 'kept.txt', 'a/x.txt', 'a/kept.txt', 'a/b', 'a/c/b', 'a/top/y', 'top', 'a/c']
    assert.deepEqual(paths.filter(isIgnored), ['x.txt', 'kept.txt', 'a/x.txt', 'a/b', 'a/top/y', 'top'])
  })

  it('that hold the rules are no documents, wherever they are', () => {
    const isIgnored = ignoreRules(new Map([['a/.indexignore', Buffer.from('')]]))
    assert.ok(isIgnored('a/.indexignore'))
    assert.ok(!isIgnored('a/.indexignore.json'))
  })

  it('are all kept when there are no rules', () => {
    assert.ok(!ignoreRules(new Map([['a', Buffer.from('a')]]))('a'))
  })

  it('are matched in little time by patterns that were made to take long', () => {
    const isIgnored = ignoreRules(
      new Map([['.indexignore', Buffer.from(`${'*a'.repeat(200)}b\n${'**/a/'.repeat(100)}b`)]]),
    )
    assert.ok(!isIgnored(`${'a'.repeat(3000)}`))
    assert.ok(!isIgnored(`${'a/'.repeat(200)}c`))
  })
})
