/** `import-config` as a user meets it: what it prints, writes, warns of and refuses. */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { buildCosignSignature, buildImage } from '../../testdata/images.ts'
import { pushToServer } from '../../testdata/push.ts'
import { type CliOptions, type CliResult, cliWorkspace } from '../../testdata/run-cli.ts'
import { startTestRegistry } from '../../testdata/test-registry.ts'

const LIST = 'q.io/a/app:1\n# more\nq.io/a/app:1\nnot/A/reference\n'
const FROM_HTTP = ['--expand', '--src-tls-verify=false']

function scene(t: TestContext) {
  const workspace = cliWorkspace(t)
  return {
    ...workspace,
    importing: (...args: readonly (string | CliOptions)[]): Promise<CliResult> => {
      const words = args.filter(arg => typeof arg === 'string')
      const options = args.find(arg => typeof arg !== 'string')
      return workspace.run(['import-config', ...words], options)
    },
  }
}

test('the image set is printed, what it leaves out is a warning with its place, and --strict exits with 1', async t => {
  const { importing, write } = scene(t)
  write('images.txt', LIST)
  const printed = await importing('images.txt')
  assert.equal(printed.code, 0, printed.output)
  assert.match(printed.stdout, /^# Written by mirrorform import-config from images\.txt/)
  assert.match(
    printed.stdout,
    /\n {4}- name: q\.io\/a\/app:1\n {4}# not carried over: images\.txt:4:1: "not\/A/,
  )
  assert.equal(printed.stdout.match(/- name:/g)?.length, 1)
  assert.match(printed.stderr, /^Warning: not carried over: images\.txt:4:1: /)
  const strict = await importing('images.txt', '--strict', '--json')
  assert.equal(strict.code, 1)
  const { text, notCarried, ...document } = JSON.parse(strict.stdout)
  assert.deepEqual(document, {
    format: 'mirrorform-imported-list',
    version: 1,
    from: 'images.txt',
    as: 'list',
    images: 1,
    charts: 0,
  })
  assert.equal(text, printed.stdout)
  assert.deepEqual([notCarried[0].line, notCarried[0].column, notCarried[0].section], [4, 1, 'images'])
})

test('tags of today are asked for with --expand, those of signatures left out, and asked again when it runs again', async t => {
  const registry = await startTestRegistry(t)
  const image = buildImage()
  const signature = buildCosignSignature(image.manifest.digest)
  await pushToServer(registry.url, 'a/app', '1.2', image)
  await pushToServer(registry.url, 'a/app', signature.tag, signature)
  const { importing, write, read } = scene(t)
  write(
    'sync.yaml',
    `${registry.host}:\n  images: {a/app: [], a/gone: []}\n  images-by-semver: {a/app: ">= 1.3"}\n`,
  )
  const first = await importing('sync.yaml', ...FROM_HTTP, '-o', 'imageset.yaml')
  assert.equal(first.code, 0, first.output)
  assert.match(first.stdout, /^Wrote imageset\.yaml: 1 image, 2 things not carried over\.\n/)
  assert.match(first.stderr, /sync\.yaml:2:\d+: all tags of \S+a\/gone: there is no such repository/)
  assert.match(first.stderr, /sync\.yaml:3:\d+: tags in >= 1\.3 of \S+: none of its 2 tags/)
  await pushToServer(registry.url, 'a/app', '1.3', image)
  const second = await importing('sync.yaml', ...FROM_HTTP, '-o', 'imageset.yaml')
  assert.equal(second.code, 0, second.output)
  assert.deepEqual(
    [...read('imageset.yaml').matchAll(/name: \S+:(\S+)/g)].map(([, tag]) => tag),
    ['1.2', '1.3'],
  )
})

test('a registry that does not answer is an error with the place, and what was written before stays', async t => {
  const { importing, write, read } = scene(t)
  write('regsync.yaml', 'sync:\n  - {source: 127.0.0.1:1/a/app, target: r.lan/a/app, type: repository}\n')
  const before = '# Written by mirrorform import-config from regsync.yaml (regsync).\n'
  write('imageset.yaml', before)
  const again = await importing('regsync.yaml', ...FROM_HTTP, '--retry-times=0', '-o', 'imageset.yaml')
  assert.equal(again.code, 1, again.output)
  assert.match(again.stderr, /^regsync\.yaml:2:14: cannot list the tags of 127\.0\.0\.1:1\/a\/app: /)
  assert.equal(read('imageset.yaml'), before)
})

test('a list is read from stdin', async t => {
  const { importing } = scene(t)
  const { code, stdout, stderr } = await importing({ input: LIST }, '-')
  assert.equal(code, 0, stderr)
  assert.match(stdout, /^# Written by mirrorform import-config from stdin/)
  assert.match(stderr, /^Warning: not carried over: stdin:4:1: /)
})

test('a password in the list is in nothing that is printed or written', async t => {
  const { importing, write, read } = scene(t)
  write(
    'regsync.yaml',
    'version: 1\ncreds: [{registry: r.lan, user: john, pass: correct-horse}]\nsync:\n  - {source: "a:1", target: "r.lan/a:1", type: image}\n',
  )
  const done = await importing('regsync.yaml', '-o', 'imageset.yaml', '--json')
  assert.equal(done.code, 0, done.output)
  assert.doesNotMatch(done.output + read('imageset.yaml'), /correct-horse/)
  assert.match(done.stderr, /regsync\.yaml:2:\d+: the credentials of r\.lan \(.*podman login/)
})

for (const [what, files, args, said] of [
  ['a file that is not there', {}, ['no.txt'], /cannot read list of images no\.txt: there is no such file/],
  [
    'an image set',
    { a: 'kind: ImageSetConfiguration\nmirror: {}\n' },
    ['a'],
    /needs no import\nHint: .*plan -c a/,
  ],
  ['prose', { a: 'Dear all\n' }, ['a'], /a is no list of images that can be read\nHint: .*--format/],
  [
    'a list of which nothing is left',
    { a: 'q.io:\n  images: {a: []}\n' },
    ['a'],
    /^a:2:12: not carried over: all tags of q\.io\/a\n {2}Hint: .*--expand/,
  ],
  ['a list of nothing', { a: '# nothing yet\n' }, ['a', '--format', 'list'], /a names no image/],
  ['broken YAML', { a: 'sync: [\n' }, ['a', '--format', 'regsync'], /^a:\d+:\d+: /],
  [
    'a file to write that is somebody’s own',
    { a: 'q.io/a:1\n', 'own.yaml': 'kind: ImageSetConfiguration\n' },
    ['a', '-o', 'own.yaml'],
    /own\.yaml is there already, and import-config did not write it/,
  ],
] as const)
  test(`${what} is refused`, async t => {
    const { importing, write } = scene(t)
    for (const [name, text] of Object.entries(files)) write(name, text)
    const { code, stderr, output } = await importing(...args)
    assert.equal(code, 1, output)
    assert.match(stderr.replace(/^Error: /, ''), said)
  })
