import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, it } from 'node:test'
import { payloadOf, sketchGraph } from '../../../../testdata/update-graphs.ts'
import { PlanError } from '../../../errors.ts'
import { findWay, type GraphQuestion, headOf, parseUpdateGraph, placeOf, reachableFrom } from './index.ts'

const ROOT = resolve(import.meta.dirname, '../../../..')
const CORPUS = resolve(ROOT, process.env.MIRRORFORM_CORPUS ?? '../shared/corpus', 'graph')
const QUESTION: GraphQuestion = { product: 'ocp', channel: 'stable-4.16', architecture: 'amd64' }

function parse(document: unknown, question: GraphQuestion = QUESTION) {
  const text = typeof document === 'string' ? document : JSON.stringify(document)
  return parseUpdateGraph(new TextEncoder().encode(text), question)
}

const node = (version: string) => ({ version, payload: payloadOf(version) })

describe('an answer of the update service is refused whole', () => {
  const rows: readonly (readonly [string, unknown, RegExp])[] = [
    ['when it is not JSON', '<html>', /it is not JSON/],
    ['when it is a list', [], /it is not a JSON object/],
    ['when its format is a later one', { version: 2, nodes: [] }, /its format is version 2/],
    ['when it has no nodes', { version: 1 }, /no list of nodes/],
    ['when a node has no version', { nodes: [{ payload: payloadOf('4.16.0') }] }, /node 0 has no version/],
    [
      'when a version is not semantic',
      { nodes: [node('4.16')] },
      /node 0: "4\.16" is not a semantic version/,
    ],
    ['when a node has no payload', { nodes: [{ version: '4.16.0' }] }, /node 4\.16\.0 has no payload/],
    [
      'when a payload is named by tag',
      { nodes: [{ version: '4.16.0', payload: 'quay.io/ocp/release:4.16.0' }] },
      /node 4\.16\.0: its payload "quay\.io\/ocp\/release:4\.16\.0" is not an image reference with a digest/,
    ],
    [
      'when a payload is no reference',
      { nodes: [{ version: '4.16.0', payload: 'quay.io/ocp@sha256:12' }] },
      /node 4\.16\.0: its payload/,
    ],
    [
      'when two nodes have one version and different payloads',
      { nodes: [node('4.16.0'), { version: '4.16.0', payload: payloadOf('4.16.1') }] },
      /it has 4\.16\.0 twice/,
    ],
    [
      'when an edge leads past its nodes',
      { nodes: [node('4.16.0')], edges: [[0, 1]] },
      /edge 0, \[0,1\], does not name two of its 1 nodes/,
    ],
    ['when an edge is not a pair', { nodes: [node('4.16.0')], edges: [[0]] }, /edge 0, \[0\]/],
    ['when edges are not a list', { nodes: [], edges: {} }, /its edges are not a list/],
    [
      'when a conditional edge has no risk',
      { nodes: [], conditionalEdges: [{ edges: [{ from: '4.16.0', to: '4.16.1' }], risks: [] }] },
      /from 4\.16\.0 to 4\.16\.1, names no risk/,
    ],
    [
      'when a conditional edge has no versions',
      { nodes: [], conditionalEdges: [{ edges: [{}], risks: [{ name: 'A' }] }] },
      /conditional edge 0: \{\} does not name two versions/,
    ],
  ]
  for (const [name, document, message] of rows)
    it(name, () => {
      assert.throws(
        () => parse(document),
        (error: unknown) => {
          assert.ok(error instanceof PlanError)
          assert.match(error.message, message)
          assert.match(
            error.message,
            /^the update graph of channel stable-4\.16 \(x86_64\) from api\.openshift\.com /,
          )
          return true
        },
      )
    })
})

describe('an update graph', () => {
  it('has its releases from the lowest version up, prereleases below their release', () => {
    const graph = sketchGraph('candidate-4.16', {
      updates: ['4.16.10', '4.16.0', '4.16.9', '4.16.0-rc.10', '4.16.0-rc.9'],
    })
    assert.deepEqual(
      graph.releases.map(({ version }) => version),
      ['4.16.0-rc.9', '4.16.0-rc.10', '4.16.0', '4.16.9', '4.16.10'],
    )
    assert.equal(headOf(graph)?.version, '4.16.10')
    assert.equal(placeOf(graph, '4.16.9'), 3)
    assert.equal(placeOf(graph, '4.16.1'), undefined)
  })

  it('takes an update that is named with and without a risk for a risky one, and joins the risks', () => {
    const risk = (name: string) => ({ update: '4.16.0 4.16.1', risk: name })
    const graph = sketchGraph('stable-4.16', {
      updates: ['4.16.0 4.16.1'],
      conditional: [risk('A'), risk('B'), risk('A')],
    })
    assert.deepEqual(
      graph.updates[0]?.map(({ risks }) => risks.map(({ name }) => name)),
      [['A', 'B']],
    )
  })

  it('leaves out the releases of other architectures, and build metadata', () => {
    const graph = parse({ nodes: [node('4.16.0+amd64'), node('4.16.0+s390x')], edges: [[0, 1]] })
    assert.deepEqual(
      graph.releases.map(({ version }) => version),
      ['4.16.0'],
    )
    assert.deepEqual(graph.updates, [[]])
  })

  it('leaves out conditional updates of releases that are not in the channel', () => {
    const graph = parse({
      nodes: [node('4.16.0')],
      conditionalEdges: [{ edges: [{ from: '4.15.0', to: '4.16.0' }], risks: [{ name: 'A' }] }],
    })
    assert.deepEqual(graph.updates, [[]])
  })

  it('without nodes is a channel without releases', () => {
    assert.equal(headOf(parse({ version: 1, nodes: [], edges: [] })), undefined)
  })
})

describe('real update graphs', { skip: !existsSync(CORPUS) && `no ${CORPUS}` }, () => {
  const rows: readonly (readonly [string, number, string, string])[] = [
    ['amd64-stable-4.13.json', 98, '4.12.0', '4.13.43'],
    ['stable-4.7_amd64_v1.json', 77, '4.6.1', '4.7.41'],
    ['stable-4.8_amd64_v1.json', 101, '4.7.0', '4.8.54'],
    ['stable-4.7_s390x_v1.json', 102, '4.6.1', '4.7.60'],
    ['stable-4.9_s390x_v1.json', 90, '4.8.2', '4.9.53'],
    ['stable-4.3_amd64.json', 41, '4.2.16', '4.3.40'],
    ['stable-4.3_s390x.json', 20, '4.2.28', '4.3.40'],
    ['candidate-4.12_multi_v1.json', 5, '4.12.0-rc.0', '4.12.0-rc.4'],
  ]
  for (const [name, count, first, head] of rows)
    it(`${name} has ${count} releases, and the head can be reached from the first`, () => {
      const graph = parse(readCorpus(name))
      assert.equal(graph.releases.length, count)
      assert.equal(graph.releases[0]?.version, first)
      assert.equal(headOf(graph)?.version, head)
      assert.ok(graph.releases.every(({ channels }) => channels.length > 0))
      assert.ok(findWay(graph, 0, count - 1) !== undefined)
      assert.ok(reachableFrom(graph, 0).size > 1)
    })

  it('from inside the service have all architectures, and are refused where one of a release has no payload', () => {
    const inside = readCorpus('20200220.104838_graph-gb-raw.json')
    assert.equal(parse(inside).releases.length, 94)
    assert.throws(
      () => parse(inside, { ...QUESTION, architecture: 's390x' }),
      /\(s390x\) .* node 4\.2\.10 has no payload/,
    )
  })
})

function readCorpus(name: string): string {
  const file = readdirSync(CORPUS).find(each => each.endsWith(name))
  assert.ok(file !== undefined, name)
  return readFileSync(join(CORPUS, file), 'utf8')
}
