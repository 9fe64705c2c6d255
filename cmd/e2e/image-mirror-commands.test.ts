/** `image mirror`: the command lines of `oc image mirror`, from registries and folders. */
import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { after, before, describe, type TestContext, test } from 'node:test'
import { type DockerRegistry, skipWithout, startDockerRegistry } from '../../testdata/docker-registry.ts'
import { buildImage, buildMultiArch } from '../../testdata/images.ts'
import { mirrorFolderFiles, writeDiskFiles } from '../../testdata/oc-mirror-archives.ts'
import { pushToServer } from '../../testdata/push.ts'
import { digestAt, tagsAt } from '../../testdata/release-scene.ts'
import { cliWorkspace } from '../../testdata/run-cli.ts'
import { rawDigest } from '../../testdata/skopeo.ts'

describe('with docker-registry and skopeo', { skip: skipWithout('docker-registry', 'skopeo') }, () => {
  let a: DockerRegistry
  let b: DockerRegistry
  const [one, two] = [buildImage({ seed: 'one' }), buildImage({ seed: 'two' })]
  const platforms = ['linux/amd64', 'linux/arm64', 'linux/ppc64le', 'linux/s390x']
  const list = buildMultiArch({ platforms })
  before(async () => {
    ;[a, b] = await Promise.all([startDockerRegistry(), startDockerRegistry()])
    await pushToServer(a.url, 'a/one', 'v1', one)
    await pushToServer(a.url, 'a/two', 'v2', two)
    await pushToServer(a.url, 'a/list', 'v1', list)
  })
  after(() => Promise.all([a.close(), b.close()]))

  function scene(t: TestContext) {
    const workspace = cliWorkspace(t)
    return {
      ...workspace,
      workspace,
      mirror: async (...args: readonly string[]) => {
        const result = await workspace.run(['image', 'mirror', '--insecure', ...args])
        assert.equal(result.code, 0, result.output)
        return result
      },
    }
  }

  test('one source goes to several places; a dry run shows it and writes nothing; the same is told as a mirrorform command that works', async t => {
    const { mirror, workspace, ...cli } = scene(t)
    const words = [`${a.host}/a/one:v1`, `${b.host}/several/one:stable`, `${b.host}/several/two`]
    const dry = await mirror('--dry-run', ...words)
    assert.match(dry.stdout, /2 to add/)
    assert.equal(await digestAt(b.url, 'several/one:stable'), undefined)
    const state = `${b.host.replace(':', '-')}.state.json`
    assert.equal(existsSync(cli.path(state)), false)
    const done = await mirror(...words)
    assert.equal(await digestAt(b.url, 'several/one:stable'), one.manifest.digest)
    assert.equal(await rawDigest(workspace, `docker://${b.host}/several/two:v1`), one.manifest.digest)
    assert.equal(existsSync(cli.path(state)), true)

    const [echo = '', command = ''] = done.stderr
      .split('\n')
      .slice(1, 3)
      .map(line => line.trim())
    const [, said = ''] = /^echo '(.*)' > image-mirror\.txt$/.exec(echo) ?? []
    assert.equal(said, words.join(' '))
    cli.write('image-mirror.txt', `${said}\n`)
    assert.match(
      command,
      /^mirrorform apply --mapping image-mirror\.txt --to docker:\S+ --skip-deletes --yes --filter-by-os linux\//,
    )
    const again = await cli.run(command.split(' ').slice(1))
    assert.match(again.stdout, /nothing to do|No changes|2 unchanged|up to date/i)
  })

  test('files, pairs and two registries: each is a plan of its own, and nothing is deleted', async t => {
    const c = await startDockerRegistry()
    t.after(() => c.close())
    const { mirror, write } = scene(t)
    write(
      'm.txt',
      `# bundle\n${a.host}/a/one:v1=${b.host}/f/one:v1\n${a.host}/a/two:* ${c.host}/f/two # all\n`,
    )
    write('more.txt', '# nothing\n')
    await mirror('-f', 'more.txt,m.txt', `${a.host}/a/two:v2=${b.host}/f/two:x`)
    assert.deepEqual(
      [await tagsAt(b.url, 'f/one'), await tagsAt(b.url, 'f/two'), await tagsAt(c.url, 'f/two')],
      [['v1'], ['x'], ['v2']],
    )
    await mirror(`${a.host}/a/one:v1`, `${b.host}/f/later`)
    assert.deepEqual(await tagsAt(b.url, 'f/one'), ['v1'])
  })

  test('a list is cut down to this machine as oc does it, unless it is kept', async t => {
    const { mirror } = scene(t)
    const here = await mirror(`${a.host}/a/list:v1`, `${b.host}/lists/here`)
    assert.match(here.stderr, /Of lists only linux\/\w+ is mirrored, as oc does/)
    const at = platforms.indexOf(/only (linux\/\w+) is/.exec(here.stderr)?.[1] ?? '')
    assert.equal(await digestAt(b.url, 'lists/here:v1'), list.children[at]?.manifest.digest)
    await mirror(`${a.host}/a/list:v1`, `${b.host}/lists/whole`, '--keep-manifest-list')
    assert.equal(await digestAt(b.url, 'lists/whole:v1'), list.manifest.digest)
  })

  test('file:// is a folder that is carried: what was written there is read there, and so is what oc wrote', async t => {
    const { mirror, path, ...cli } = scene(t)
    await mirror(
      `${a.host}/a/one:v1=file://x/one:4.12.1`,
      `${a.host}/a/two:v2=file://x/one:4.12.1-two`,
      '--dir',
      'disc',
    )
    await mirror('--dir=disc', 'file://x/one:4.12.1*', `${b.host}/from/disc`)
    assert.deepEqual(await tagsAt(b.url, 'from/disc'), ['4.12.1', '4.12.1-two'])
    assert.equal(await digestAt(b.url, 'from/disc:4.12.1-two'), two.manifest.digest)

    writeDiskFiles(path('oc'), mirrorFolderFiles({ 'o/release:4.13.0': one, 'o/release:4.13.0-etcd': two }))
    const saved = await cli.run(
      [
        'plan',
        '--mapping',
        '-',
        '--from-dir',
        'oc',
        '--skip-deletes',
        '-o',
        'p.json',
        '--dest-tls-verify=false',
      ],
      {
        input: `file:///o/release:* ${b.host}/from/plan\n`,
      },
    )
    assert.equal(saved.code, 0, saved.output)
    const applied = await cli.run(['apply', 'p.json', '--dest-tls-verify=false'])
    assert.equal(applied.code, 0, applied.output)
    assert.deepEqual(await tagsAt(b.url, 'from/plan'), ['4.13.0', '4.13.0-etcd'])
    assert.equal(await digestAt(b.url, 'from/plan:4.13.0-etcd'), two.manifest.digest)
  })

  test('what a source does not have ends the run, or is told and makes it exit 1 at the end', async t => {
    const { run } = scene(t)
    const words = [
      `${a.host}/a/one:v1=${b.host}/miss/one:v1`,
      `${a.host}/a/nope:v1=${b.host}/miss/nope:v1`,
      `${a.host}/a/none:4.*=${b.host}/miss/none`,
    ]
    const failed = await run(['image', 'mirror', '--insecure', ...words.slice(0, 2)])
    assert.equal(failed.code, 1)
    assert.match(failed.stderr, /a\/nope:v1 does not exist/)
    const counted = await run([
      'image',
      'mirror',
      '--insecure',
      '--continue-on-error',
      words[0] ?? '',
      words[2] ?? '',
    ])
    assert.equal(counted.code, 1, counted.output)
    assert.match(counted.output, /a\/none:4\.\* is not mirrored: /)
    assert.deepEqual(await tagsAt(b.url, 'miss/one'), ['v1'])
  })
})
