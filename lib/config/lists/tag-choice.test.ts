/** Which tags of a repository skopeo sync and regsync would take. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Tag } from '../../oci/reference.ts'
import { type ListFormat, omissionText, readImageList, settleTags, tagsToAsk } from './index.ts'

describe('tags that a registry was asked for', () => {
  const TAGS = [
    '1.9',
    '3.12',
    '3.13.0',
    'v4.0.0',
    '4.1.0-rc1',
    'edge',
    `sha256-${'a'.repeat(64)}.sig`,
  ] as Tag[]
  const asked = (yaml: string, format: ListFormat) => {
    const list = readImageList({ path: 'list', text: yaml }, { format })
    const settled = settleTags(list, new Map(tagsToAsk(list).map(choice => [choice, { tags: TAGS }])))
    return settled.entries.map(entry => (entry.kind === 'image' ? entry.name.split(':').at(-1) : entry.kind))
  }
  for (const [what, yaml, format, tags] of [
    ['all of them, without those of signatures', 'q.io: {images: {a: []}}', 'skopeo', TAGS.slice(0, 6)],
    [
      'those an expression is found in',
      'q.io: {images-by-tag-regex: {a: "^3"}}',
      'skopeo',
      ['3.12', '3.13.0'],
    ],
    [
      'those in a range',
      'q.io: {images-by-semver: {a: ">= 3.12, < 5"}}',
      'skopeo',
      ['3.12', '3.13.0', 'v4.0.0'],
    ],
    [
      'pre-releases where the range names one',
      'q.io: {images-by-semver: {a: ">= 4.0.0-0"}}',
      'skopeo',
      ['v4.0.0', '4.1.0-rc1'],
    ],
    [
      'those that an expression is the whole of',
      'sync: [{source: q.io/a, target: r.lan/a, type: repository, tags: {allow: ["3.*", "edg"]}}]',
      'regsync',
      ['3.12', '3.13.0'],
    ],
    [
      'all but what is denied',
      'sync: [{source: q.io/a, target: r.lan/a, type: repository, tags: {deny: [".*[0-9].*"]}}]',
      'regsync',
      ['edge'],
    ],
    [
      'those of several sets',
      'sync: [{source: q.io/a, target: r.lan/a, type: repository, tagSets: [{allow: [edge]}, {semverRange: ["< 2, != 1.8"]}]}]',
      'regsync',
      ['1.9', 'edge'],
    ],
    ['nothing where none fits', 'q.io: {images-by-tag-regex: {a: "^9"}}', 'skopeo', ['notCarried']],
  ] as const)
    it(`are ${what}`, () => assert.deepEqual(asked(yaml, format), tags))

  it('are told with the reason where there are none to be had', () => {
    const list = readImageList({ path: 'list', text: 'q.io: {images: {a: []}}' })
    const [entry] = settleTags(
      list,
      new Map(tagsToAsk(list).map(each => [each, { missing: 'there is no such repository' }])),
    ).entries
    assert.ok(entry?.kind === 'notCarried')
    assert.match(
      omissionText(entry, 'list'),
      /^list:1:17: all tags of q\.io\/a: there is no such repository \(/,
    )
  })
})
