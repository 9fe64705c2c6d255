/** Lists of other tools with something else where a list belongs: told, and never taken for more than was asked for. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { ListFormat } from './imported-list.ts'
import { readImageList } from './read-list.ts'

const ENTRY = 'sync:\n  - source: q.io/a/b\n    target: r.lan/a/b\n    type: repository\n'
const IMAGE = 'sync:\n  - source: q.io/a/b:1\n    target: r.lan/a/b:1\n    type: image\n'

/** What is asked for, and `line: message` of what is not carried over. */
function read(text: string, format: ListFormat): readonly string[] {
  return readImageList({ path: 'list', text }, { format }).entries.map(entry => {
    switch (entry.kind) {
      case 'image':
        return entry.name
      case 'notCarried':
        return `${entry.place.line}: ${entry.message}`
      default:
        return entry.kind
    }
  })
}

describe('something else where a list belongs', () => {
  const wrong: readonly (readonly [string, ListFormat, string, readonly string[]])[] = [
    [
      'one tag instead of a list of tags, for skopeo',
      'skopeo',
      'q.io:\n  images:\n    a/b: v1\n    c/d: {x: y}\n',
      ['3: the tags of q.io/a/b are not a list', '4: the tags of q.io/c/d are not a list'],
    ],
    [
      'a list of images instead of repositories, for skopeo',
      'skopeo',
      'q.io:\n  images: [a/b:1]\n',
      ['2: images does not hold repositories, each with its tags'],
    ],
    ['one expression, for regsync', 'regsync', `${ENTRY}    tags: {allow: v1}\n`, ['5: allow is not a list']],
    [
      'an expression without its key, for regsync',
      'regsync',
      `${ENTRY}    tags: v1\n`,
      ['5: tags are chosen by allow, deny and semverRange, each a list'],
    ],
    [
      'an expression that is no text, for regsync',
      'regsync',
      `${ENTRY}    tags: {allow: [v1, {x: 1}]}\n`,
      ['5: this item of allow is no text'],
    ],
    [
      'one platform, for regsync',
      'regsync',
      `${IMAGE}    platforms: linux/amd64\n`,
      ['5: platforms is not a list', 'q.io/a/b:1'],
    ],
    [
      'a platform that is no text, for regsync',
      'regsync',
      `${IMAGE}    platforms: [{os: linux}]\n`,
      ['5: this is no platform', 'q.io/a/b:1'],
    ],
    [
      'one image, for hauler',
      'hauler',
      'apiVersion: content.hauler.cattle.io/v1\nkind: Images\nspec:\n  images: {name: q.io/a/b:1}\n',
      ['4: images is not a list'],
    ],
  ]
  for (const [what, format, text, entries] of wrong)
    it(`is told: ${what}`, () => assert.deepEqual(read(text, format), entries))

  it('is not told of a key that is left empty', () => {
    assert.deepEqual(read(`${IMAGE}    platforms:\n    platform: ""\n`, 'regsync'), ['q.io/a/b:1'])
  })
})
