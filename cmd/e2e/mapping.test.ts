/** Mapping files: what they name is planned like anything else, at exactly the places they say, and can be written again. */
import assert from 'node:assert/strict'
import { after, before, describe, type TestContext, test } from 'node:test'
import { type DockerRegistry, skipWithout, startDockerRegistry } from '../../testdata/docker-registry.ts'
import { imageSetText } from '../../testdata/image-set-text.ts'
import { buildImage, buildMultiArch } from '../../testdata/images.ts'
import { IMAGE_SET, PLAIN_HTTP } from '../../testdata/mirror-scene.ts'
import { pushToServer } from '../../testdata/push.ts'
import { digestAt, tagsAt } from '../../testdata/release-scene.ts'
import { cliWorkspace } from '../../testdata/run-cli.ts'
import { rawDigest } from '../../testdata/skopeo.ts'

describe('with docker-registry and skopeo', { skip: skipWithout('docker-registry', 'skopeo') }, () => {
  let a: DockerRegistry
  let b: DockerRegistry
  const [one, two] = [buildImage({ seed: 'one' }), buildImage({ seed: 'two' })]
  const list = buildMultiArch({ platforms: ['linux/amd64', 'linux/arm64', 'linux/s390x'] })
  before(async () => {
    ;[a, b] = await Promise.all([startDockerRegistry(), startDockerRegistry()])
    await pushToServer(a.url, 'ubi9/nodejs', 'latest', one)
    await pushToServer(a.url, 'tools/cli', '4.12.1', two)
    await pushToServer(a.url, 'tools/cli', '4.12.1-debug', one)
    await pushToServer(a.url, 'tools/cli', '4.13.0', one)
    await pushToServer(a.url, 'list', '1', list)
  })
  after(() => Promise.all([a.close(), b.close()]))

  function scene(t: TestContext, ...lines: readonly string[]) {
    const workspace = cliWorkspace(t)
    workspace.write('m.txt', lines.map(line => `${line}\n`).join(''))
    const run = (command: string, ...args: readonly string[]) =>
      workspace.run([command, '--mapping', 'm.txt', ...PLAIN_HTTP, ...args])
    return { ...workspace, workspace, run, cli: workspace.run }
  }

  test('lines are planned, applied, and written again as lines that change nothing', async t => {
    const { digest } = two.manifest
    const mapped = scene(
      t,
      '# samples',
      `${a.host}/ubi9/nodejs:latest ${b.host}/deep/er/nodejs-18 ${b.host}/bak/nodejs:x`,
      `docker://${a.host}/tools/cli:4.12*=docker://${b.host}/cli  # both`,
      `${a.host}/tools/cli@${digest} ${b.host}/pinned`,
    )
    const state = ['--state', 'm.state.json']
    const first = await mapped.run(
      'plan',
      '--export-mapping',
      'all.txt',
      '--export-missing',
      'missing.txt',
      ...state,
    )
    assert.equal(first.code, 0, first.output)
    assert.match(first.stdout, /mappings +\+ 5/)
    assert.deepEqual(mapped.read('all.txt').trimEnd().split('\n'), [
      `${a.host}/tools/cli:4.12.1-debug=${b.host}/cli:4.12.1-debug`,
      `${a.host}/tools/cli:4.12.1=${b.host}/cli:4.12.1`,
      `${a.host}/tools/cli@${digest}=${b.host}/pinned:${digest.replace(':', '-')}`,
      `${a.host}/ubi9/nodejs:latest=${b.host}/bak/nodejs:x`,
      `${a.host}/ubi9/nodejs:latest=${b.host}/deep/er/nodejs-18:latest`,
    ])
    assert.equal(mapped.read('missing.txt'), mapped.read('all.txt'))
    const applied = await mapped.run('apply', '--yes', ...state)
    assert.equal(applied.code, 0, applied.output)
    assert.equal(
      await rawDigest(mapped.workspace, `docker://${b.host}/deep/er/nodejs-18:latest`),
      one.manifest.digest,
    )
    assert.deepEqual(await tagsAt(b.url, 'cli'), ['4.12.1', '4.12.1-debug'])
    mapped.write('m.txt', mapped.read('all.txt'))
    const again = await mapped.run('plan', '--json', '--export-missing', 'missing.txt', ...state)
    assert.equal(again.code, 0, again.output)
    const { summary } = JSON.parse(again.stdout)
    assert.deepEqual([summary.add, summary.move, summary.delete, summary.bytesToTransfer], [0, 0, 0, 0])
    assert.equal(mapped.read('missing.txt'), '')
    const shown = await mapped.cli(['show', 'm.state.json', '--export-mapping', 'held.txt'])
    assert.equal(shown.code, 0, shown.output)
    assert.equal(mapped.read('held.txt'), mapped.read('all.txt'))
  })

  test('a target of a mirror file names its mapping files: their lines for it are taken, and go with its image sets', async t => {
    const { write, cli } = scene(
      t,
      `${a.host}/ubi9/nodejs:latest=${b.host}/mf/ubi9/nodejs:latest`,
      `${a.host}/tools/cli:4.12*=${b.host}/mf/cli`,
      'q.io/x:1=other:5000/x:1',
    )
    write(IMAGE_SET, imageSetText([`${a.host}/ubi9/nodejs:latest`]))
    const target = { name: 'b', to: `docker://${b.host}/mf`, mappings: ['m.txt'] }
    const mirror = { apiVersion: 'mirrorform.dev/v1alpha1', kind: 'Mirror', targets: [target] }
    write('mirrorform.yaml', JSON.stringify({ ...mirror, imageSets: [IMAGE_SET] }))
    const applied = await cli(['apply', '--yes', ...PLAIN_HTTP])
    assert.equal(applied.code, 0, applied.output)
    assert.match(applied.stdout, /1 mapping to other:5000/)
    assert.deepEqual(await tagsAt(b.url, 'mf/cli'), ['4.12.1', '4.12.1-debug'])
    const why = await cli(['why', `${b.host}/mf/ubi9/nodejs:latest`])
    assert.match(why.stdout, /additional image/)
    assert.match(why.stdout, /mapping of 127\.0\.0\.1:\d+\/ubi9\/nodejs:latest/)
  })

  test('what oc put there before and has moved since is taken over first, and then moves', async t => {
    await pushToServer(b.url, 'old/n', '1', two)
    const { run } = scene(t, `${a.host}/ubi9/nodejs:latest=${b.host}/old/n:1`)
    const taken = await run('import', '--state', 'old.json')
    assert.match(taken.stdout, /1 image taken into old\.json/)
    const moved = await run('plan', '--state', 'old.json')
    assert.match(moved.stdout, /~ old\/n:1/)
  })

  test('stdin is read, a list is cut down, and what vanished at its source stays where it was asked for', async t => {
    const c = await startDockerRegistry()
    t.after(() => c.close())
    await pushToServer(c.url, 'going', '1', one)
    const { cli } = scene(t)
    const lines = `${a.host}/list:1=${b.host}/cut/list:1\n${c.host}/going:1=${b.host}/cut/going:1\n`
    const args = [
      '--mapping',
      '-',
      '--filter-by-os',
      'linux/(amd64|arm64)',
      '--state',
      'cut.state.json',
      ...PLAIN_HTTP,
    ]
    const applied = await cli(['apply', '--yes', ...args], { input: lines })
    assert.equal(applied.code, 0, applied.output)
    const index = await fetch(`${b.url}/v2/cut/list/manifests/1`, {
      headers: { accept: 'application/vnd.oci.image.index.v1+json' },
    })
    const { manifests } = (await index.json()) as { manifests: { digest: string }[] }
    assert.deepEqual(
      manifests.map(({ digest }) => digest),
      list.children.slice(0, 2).map(({ manifest }) => manifest.digest),
    )
    await fetch(`${c.url}/v2/going/manifests/${one.manifest.digest}`, { method: 'DELETE' })
    const skipped = await cli(['plan', '--skip-missing', '--detailed-exitcode', ...args], { input: lines })
    assert.equal(skipped.code, 0, skipped.output)
    assert.match(skipped.output, /going:1 is not mirrored: it does not exist/)
  })

  test('lines for several registries are planned for one of them, and the others are counted', async t => {
    const mapped = scene(
      t,
      `${a.host}/ubi9/nodejs:latest=${b.host}/part/n:1`,
      `${a.host}/ubi9/nodejs:latest=other.example:5000/n:1`,
    )
    const planned = await mapped.run('plan', '--to', `docker://${b.host}/part`, '-o', 'p.json')
    assert.equal(planned.code, 0, planned.output)
    assert.match(planned.output, /not in this plan for docker:.*: 1 mapping to other\.example:5000/)
    const both = await mapped.run('apply', 'p.json')
    assert.match(both.stderr, /a plan file and --mapping exclude each other/)
    assert.equal(await digestAt(b.url, 'part/n:1'), undefined)
    const missing = await mapped.cli(['show', 'p.json', '--export-missing', 'lines.txt'])
    assert.equal(missing.code, 0, missing.output)
    assert.equal(mapped.read('lines.txt'), `${a.host}/ubi9/nodejs:latest=${b.host}/part/n:1\n`)
  })
})
