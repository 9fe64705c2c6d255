/** `list releases` as a person meets it: what there is at an update service, before an image set is written. */
import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { type CliResult, cliWorkspace } from '../../testdata/run-cli.ts'
import { startUpdateGraphServer, type UpdateGraphServer } from '../../testdata/update-graph-server.ts'
import { type GraphSketch, graphAnswer, payloadOf } from '../../testdata/update-graphs.ts'

const CHANNELS: Readonly<Record<string, GraphSketch>> = {
  'stable-4.15': {
    updates: ['4.15.0 4.15.3', '4.15.3 4.15.9'],
    channels: ['candidate-4.15', 'stable-4.15', 'stable-4.16'],
  },
  'stable-4.16': {
    updates: ['4.15.9 4.16.2', '4.16.2 4.16.4', '4.16.5'],
    conditional: [{ update: '4.16.4 4.16.10', risk: 'SlowDisks' }],
    channels: ['stable-4.16', 'fast-4.16', 'stable-4.17', 'eus-4.16'],
  },
  'stable-4.17': { updates: ['4.17.1'], channels: ['stable-4.17', 'eus-4.18'] },
}

interface Scene {
  readonly server: UpdateGraphServer
  run(...args: readonly string[]): Promise<CliResult>
}

async function scene(t: TestContext): Promise<Scene> {
  const server = await startUpdateGraphServer(t)
  for (const [channel, sketch] of Object.entries(CHANNELS))
    server.setGraph('amd64', channel, JSON.parse(graphAnswer(channel, sketch)))
  const workspace = cliWorkspace(t)
  const env = { UPDATE_URL_OVERRIDE: server.graphUrl }
  return { server, run: (...args) => workspace.run(['list', 'releases', ...args], { env }) }
}

describe('list releases', { concurrency: 2 }, () => {
  it('of a channel shows them newest first, with the head marked', async t => {
    const { run } = await scene(t)
    const shown = await run('--channel', 'stable-4.16')
    assert.equal(shown.code, 0, shown.output)
    const [title, ...rows] = shown.stdout.trimEnd().split('\n')
    assert.equal(title, 'channel stable-4.16 (x86_64): 5 releases')
    assert.deepEqual(
      rows.map(row => row.trim().split(/\s+/).slice(0, 2)),
      [
        ['4.16.10', 'head'],
        ...['4.16.5', '4.16.4', '4.16.2', '4.15.9'].map(version => [version, rowDigest(version)]),
      ],
    )
  })

  it('as JSON is one document with payloads by digest', async t => {
    const { run } = await scene(t)
    const { stdout } = await run('--channel', 'stable-4.17', '--json')
    assert.deepEqual(JSON.parse(stdout), {
      format: 'mirrorform-releases',
      version: 1,
      type: 'ocp',
      architecture: 'amd64',
      channel: 'stable-4.17',
      head: '4.17.1',
      releases: [{ version: '4.17.1', payload: payloadOf('4.17.1'), channels: ['eus-4.18', 'stable-4.17'] }],
    })
  })

  it('without a channel lists the channels, of one minor release or of all', async t => {
    const { run } = await scene(t)
    const one = await run('--version', '4.15')
    assert.deepEqual(one.stdout.trim().split('\n'), ['candidate-4.15', 'stable-4.15', 'stable-4.16'])
    const all = await run()
    assert.deepEqual(all.stdout.trim().split('\n'), [
      'eus-4.16',
      'fast-4.16',
      'stable-4.16',
      'stable-4.17',
      'eus-4.18',
    ])
  })

  it('between two versions shows each update, across minor releases, with the risks of conditional ones', async t => {
    const { run } = await scene(t)
    const way = await run('--from', '4.15.0', '--to', '4.16.10')
    assert.equal(way.code, 0, way.output)
    assert.deepEqual(way.stdout.trimEnd().split('\n'), [
      'from 4.15.0 to 4.16.10 in channels stable-4.15, stable-4.16 (x86_64): 5 updates',
      '  4.15.0 → 4.15.3',
      '  4.15.3 → 4.15.9',
      '  4.15.9 → 4.16.2',
      '  4.16.2 → 4.16.4',
      '  4.16.4 → 4.16.10  recommended to some clusters only',
      '    SlowDisks: SlowDisks may happen.',
      '    https://issues.example/SlowDisks',
    ])
    const json = await run('--from', '4.16.2', '--to', '4.16.4', '--channel', 'stable-4.16', '--json')
    const { channels, updates } = JSON.parse(json.stdout)
    assert.deepEqual(channels, ['stable-4.16'])
    assert.deepEqual(updates, [{ from: '4.16.2', to: '4.16.4', risks: [] }])
  })

  it('goes on without the network once told that earlier graphs will do', async t => {
    const { run, server } = await scene(t)
    const online = await run('--channel', 'stable-4.15')
    await server.close()
    const offline = await run('--channel', 'stable-4.15', '--refresh=false')
    assert.equal(offline.code, 0, offline.output)
    assert.equal(offline.stdout, online.stdout)
  })

  const refusals: readonly (readonly [string, readonly string[], readonly RegExp[]])[] = [
    [
      'a channel that does not exist',
      ['--channel', 'stabel-4.16'],
      [/there\s+is no such channel/, /did you mean stable-4\.16\?/],
    ],
    [
      'a version that is not in the channel, with the nearest',
      ['--from', '4.16.2', '--to', '4.16.3', '--channel', 'stable-4.16'],
      [/4\.16\.3 is not in channel stable-4\.16 \(x86_64\)/, /4\.15\.9, 4\.16\.2, 4\.16\.4, 4\.16\.5/],
    ],
    [
      'versions without a way between them, with where it ends',
      ['--from', '4.15.9', '--to', '4.16.5'],
      [/no update path from 4\.15\.9 to 4\.16\.5/, /lead\s+as\s+far\s+as\s+4\.16\.4/],
    ],
    ['one end of a way', ['--from', '4.16.4'], [/--from needs --to as well/, /two ends/]],
    ['an unknown architecture', ['--arch', 'x86_64'], [/--arch may not be "x86_64"/, /amd64/]],
  ]
  it('refuses what it cannot answer, with what to do instead', async t => {
    const { run } = await scene(t)
    for (const [name, args, says] of refusals) {
      const refused = await run(...args)
      assert.equal(refused.code, 1, `${name}: ${refused.output}`)
      assert.equal(refused.stdout, '', name)
      for (const pattern of says) assert.match(refused.stderr, pattern, name)
    }
  })

  it('names the service that fails, and the channel', async t => {
    const { run, server } = await scene(t)
    server.answer('stable-4.15', { status: 500 })
    const failed = await run('--channel', 'stable-4.15', '--retry-times', '0')
    assert.equal(failed.code, 1)
    assert.match(failed.stderr, /channel stable-4\.15 \(x86_64\)[\s\S]*500/)
    server.answer('stable-4.16', { status: 200, body: '<html>' })
    const wrong = await run('--channel', 'stable-4.16')
    assert.match(wrong.stderr, /stable-4\.16 \(x86_64\)[\s\S]*it is\s+not JSON/)
  })
})

/** The short digest that stands where the head has its mark. */
function rowDigest(version: string): string {
  const [, digest = ''] = payloadOf(version).split('@')
  return `${digest.slice(0, 'sha256:'.length + 12)}…`
}
