/** Which images of a state a list names, and what is said of the others. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Origin } from '../../graph/graph.ts'
import type { Digest } from '../../oci/digest.ts'
import { parseRepositoryPath, parseTag } from '../../oci/reference.ts'
import type { StateImage } from '../../state.ts'
import { parseTarget } from '../../target.ts'
import { selectListed } from './index.ts'

const TARGET = parseTarget('docker://reg.lan:5000/ns')
const hex = (digit: string) => `sha256:${digit.repeat(64)}` as Digest

function held(repository: string, tag: string, digest: Digest): StateImage {
  return {
    destination: { repository: parseRepositoryPath(`ns/${repository}`), tag: parseTag(tag) },
    source: `quay.io/${repository}:${tag}`,
    digest,
    platforms: [],
    omitted: [],
    attachments: [{ digest: hex('f'), subject: digest, tag: parseTag(`${digest.replace(':', '-')}.sig`) }],
    origins: [
      { kind: 'additionalImage', name: repository },
      { kind: 'sample', name: repository },
    ],
  }
}

const STATE = [held('app', '1', hex('1')), held('app', '2', hex('2')), held('tool', '1', hex('3'))]

function select(...references: readonly string[]) {
  const listed = references.map((reference, at) => ({ reference, place: `l.yaml:${at + 1}` }))
  const { going, staying, notes } = selectListed(listed, STATE, TARGET)
  return { going: going.map(({ source }) => source), staying, notes }
}

describe('a list of images', () => {
  it('takes what is ours by tag or digest, whatever asked for it', () => {
    assert.deepEqual(select('reg.lan:5000/ns/app:2', `reg.lan:5000/ns/tool@${hex('3')}`), {
      going: ['quay.io/app:2', 'quay.io/tool:1'],
      staying: [],
      notes: [],
    })
  })

  it('counts the signature of an image as part of it, and not the signature of one that stays', () => {
    const signature = (digit: string) => `reg.lan:5000/ns/app:sha256-${digit.repeat(64)}.sig`
    const { going, notes } = select('reg.lan:5000/ns/app:1', signature('1'), signature('2'))
    assert.deepEqual(going, ['quay.io/app:1'])
    assert.equal(notes.length, 1)
    assert.match(
      notes[0] ?? '',
      /^l\.yaml:3: .*sha256-2+\.sig belongs to reg\.lan:5000\/ns\/app:2, which is not listed: both stay$/,
    )
  })

  it('leaves what the bundles it takes share with one that stays, unless that alone is listed', () => {
    const bundle = (name: string): Origin => ({
      kind: 'bundle',
      catalog: 'registry.example.com/olm/index:v1',
      package: name,
      bundle: `${name}.v1.0.0`,
      channels: ['stable'],
    })
    const [widget, proxy, gadget] = (['widget', 'proxy', 'gadget'] as const).map((name, at) => ({
      ...held(name, '1', hex(`${at}`)),
      origins: name === 'proxy' ? [bundle('widget'), bundle('gadget')] : [bundle(name)],
    }))
    assert.ok(widget && proxy && gadget)
    const listing = (...names: readonly string[]) => {
      const listed = names.map(name => ({ reference: `reg.lan:5000/ns/${name}:1`, place: 'l.yaml:1' }))
      return selectListed(listed, [widget, proxy, gadget], TARGET)
    }
    const { going, staying } = listing('widget', 'proxy')
    assert.deepEqual([going, staying], [[widget], [{ ...proxy, origins: [bundle('gadget')] }]])
    assert.deepEqual(listing('proxy').going, [proxy])
    assert.deepEqual(listing('widget', 'proxy', 'gadget').going, [widget, proxy, gadget])
  })

  it('names what is not ours, and counts the rest of a long list', () => {
    const { going, notes } = select(...Array.from({ length: 12 }, (_, at) => `reg.lan:5000/ns/x:${at}`))
    assert.deepEqual(going, [])
    assert.equal(notes.length, 11)
    assert.equal(notes.at(-1), '2 more of the list are not in the state, and stay')
  })

  it('of another registry, or another path of it, is refused as a whole', () => {
    for (const other of ['other.lan/ns/app:1', 'reg.lan:5000/nsx/app:1', 'reg.lan:5000/app:1'])
      assert.throws(() => select('reg.lan:5000/ns/app:1', other), /l\.yaml:2: .* nothing was deleted/)
  })
})
