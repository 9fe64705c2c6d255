import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { imageStream, samplesConfigMap } from '../../../testdata/sample-streams.ts'
import { digestOf } from '../../oci/digest.ts'
import { formatReference } from '../../oci/reference.ts'
import { collectSamples } from './collect.ts'
import { readInventory } from './inventory.ts'
import { placeSample } from './place.ts'

const RUBY = 'registry.redhat.io/ubi9/ruby-33:latest'
const MAP = samplesConfigMap({
  'ruby:3.3-ubi9': RUBY,
  'ruby:3.0-ubi8': 'registry.redhat.io/ubi8/ruby-30:latest',
  'nginx:1.24': 'registry.access.redhat.com/ubi9/nginx-124:latest',
})

describe('what a cluster says of its samples', () => {
  it('is read from the ConfigMap of the operator, with the streams that it does not list', () => {
    const { tags, streams } = readInventory([['map.yaml', MAP]])
    assert.deepEqual(
      tags.map(({ stream, tag }) => `${stream}:${tag}`),
      ['nginx:1.24', 'ruby:3.0-ubi8', 'ruby:3.3-ubi9'],
    )
    assert.deepEqual(streams, ['jenkins', 'jenkins-agent-base', 'nginx', 'ruby'])
  })

  it('is read from image streams, without aliases and without streams of the release', () => {
    const ruby = imageStream('ruby', { '3.3-ubi9': RUBY, latest: '3.3-ubi9' })
    const list = {
      kind: 'List',
      apiVersion: 'v1',
      items: [ruby, imageStream('cli', { latest: 'quay.io/a/b:1' })],
    }
    for (const text of [JSON.stringify(ruby), JSON.stringify(list), `---\n${JSON.stringify(list)}\n`])
      assert.deepEqual(readInventory([['is.json', text]]), {
        tags: [{ stream: 'ruby', tag: '3.3-ubi9', image: RUBY }],
        streams: ['ruby'],
      })
  })

  it('may be in several files, as long as they agree', () => {
    const jenkins = JSON.stringify(
      imageStream('jenkins', { '2': 'registry.redhat.io/ocp-tools-4/jenkins-rhel8:v4.16' }),
    )
    const both = readInventory([
      ['map.yaml', MAP],
      ['jenkins.json', jenkins],
    ])
    assert.equal(both.tags.length, 4)
    const other = samplesConfigMap({ 'ruby:3.3-ubi9': 'quay.io/other/ruby:1' })
    assert.throws(
      () =>
        readInventory([
          ['map.yaml', MAP],
          ['other.yaml', other],
        ]),
      /other\.yaml: ruby:3\.3-ubi9 is quay\.io\/other\/ruby:1, and registry/,
    )
  })

  for (const [what, text, message] of [
    ['no YAML', 'data: [', /f is not YAML or JSON/],
    ['something else', 'kind: Secret\n', /neither the ConfigMap imagestreamtag-to-image nor image streams/],
    ['nothing', '', /neither the ConfigMap/],
    ['a ConfigMap without data', 'kind: ConfigMap\n', /has no data/],
    ['a ConfigMap of something else', 'kind: ConfigMap\ndata: {config: x}\n', /"config" is no entry/],
    ['an image stream without a name', 'kind: ImageStream\nspec: {}\n', /has no name/],
  ] as const)
    it(`is refused with the file's name when it is ${what}`, () => {
      assert.throws(() => readInventory([['f', text]]), { name: 'UsageError', message })
    })
})

describe('a sample', () => {
  for (const [image, place] of [
    [RUBY, 'ubi9/ruby-33:latest'],
    ['icr.io/a/b:1', 'a/b:1'],
    ['reg.lan:5000/a/b:1', 'a/b:1'],
    ['quay.io/a/b/c:1', 'quay.io/a/b/c:1'],
    ['docker.io/library/httpd', 'library/httpd:latest'],
    [`quay.io/a/b@${digestOf('b')}`, `a/b:sha256-${digestOf('b').slice(7)}`],
  ] as const)
    it(`${image} is where the operator looks for it: ${place}`, () => {
      const { repository, tag } = placeSample(image)
      assert.equal(`${repository}:${tag}`, place)
    })

  it('that the operator would look for under an impossible name is refused', () => {
    assert.throws(() => placeSample('reg.lan:5000/a/b/c:1'), /below a path with ":"/)
  })
})

describe('samples of an image set', () => {
  const inventory = readInventory([['map.yaml', MAP]])
  const wanted = (...names: readonly string[]) =>
    collectSamples(
      names.map((name, at) => ({ name, place: `imageset.yaml:${at + 5}` })),
      inventory,
    )

  it('are those of a stream, of one tag, or all, each with the sample as its reason', () => {
    const [image] = wanted('ruby:3.3-ubi9')
    assert.equal(image?.source.kind === 'registry' && formatReference(image.source.reference), RUBY)
    assert.deepEqual(image?.origins, [{ kind: 'sample', name: 'ruby:3.3-ubi9' }])
    assert.deepEqual(
      wanted('ruby').map(({ repository }) => repository),
      ['ubi8/ruby-30', 'ubi9/ruby-33'],
    )
    assert.equal(wanted('*').length, 3)
  })

  it('that are not there are told together, with what was probably meant', () => {
    assert.throws(() => wanted('rubi', 'ruby', 'php'), {
      name: 'PlanError',
      message:
        'imageset.yaml:5: there is no sample "rubi"; did you mean "ruby"?\nimageset.yaml:7: there is no sample "php"',
      hint: /the samples there are: nginx, ruby; write NAME/,
    })
  })

  it('need somebody who says which there are', () => {
    assert.throws(() => collectSamples([{ name: 'ruby', place: 'imageset.yaml:5' }], undefined), {
      name: 'UsageError',
      hint: /give --samples-from FILE/,
    })
    assert.deepEqual(collectSamples([], undefined), [])
  })
})
