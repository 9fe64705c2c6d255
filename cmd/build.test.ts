import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { after, before, test } from 'node:test'
import { promisify } from 'node:util'
import { buildImage } from '../testdata/images.ts'
import { pushToServer } from '../testdata/push.ts'
import { cleanEnvironment } from '../testdata/run-cli.ts'
import { temporaryFolder } from '../testdata/temp.ts'
import { startTestRegistry } from '../testdata/test-registry.ts'

const ROOT = path.join(import.meta.dirname, '..')
const execute = promisify(execFile)
let built: string

before(async () => {
  // Where the packages of the project are found, as they are from dist/.
  built = mkdtempSync(path.join(ROOT, 'node_modules/.built-'))
  await execute(process.execPath, ['--import', 'tsx', 'cmd/build.ts', built], { cwd: ROOT })
})
after(() => rmSync(built, { recursive: true, force: true }))

const program = (root: string, cwd: string, args: readonly string[]) =>
  execute(process.execPath, [path.join(built, 'cmd/main.js'), ...args], { cwd, env: cleanEnvironment(root) })

test('the built program mirrors an image and then finds nothing to do', async t => {
  const [source, target] = [await startTestRegistry(t), await startTestRegistry(t)]
  const root = temporaryFolder(t)
  writeFileSync(path.join(root, 'registries.conf'), '')
  const digest = await pushToServer(source.url, 'app', 'v1', buildImage({ seed: 'built' }))
  const lines = ['apiVersion: mirror.openshift.io/v2alpha1', 'kind: ImageSetConfiguration']
  lines.push('mirror:', '  additionalImages:', `    - name: ${new URL(source.url).host}/app:v1`)
  writeFileSync(path.join(root, 'imageset.yaml'), `${lines.join('\n')}\n`)
  const to = `docker://${new URL(target.url).host}`
  const place = ['-c', 'imageset.yaml', '--to', to, '--src-tls-verify=false', '--dest-tls-verify=false']
  const applied = await program(root, root, ['apply', '--yes', ...place])
  assert.doesNotMatch(applied.stderr, /unrecognized flag/, 'V8 knows the settings of the young generation')
  const answer = await fetch(`${target.url}/v2/app/manifests/v1`, { method: 'HEAD' })
  assert.equal(answer.headers.get('docker-content-digest'), digest)
  const { stdout } = await program(root, root, ['plan', '--detailed-exitcode', '--refresh=false', ...place])
  assert.match(stdout, /^No changes\./)
})

test('the built program explains a faulty image set', async t => {
  const root = temporaryFolder(t)
  const lines = ['apiVersion: mirror.openshift.io/v2alpha1', 'kind: ImageSetConfiguration', 'mirror:']
  writeFileSync(path.join(root, 'imageset.yaml'), `${[...lines, '  aditionalImages: []'].join('\n')}\n`)
  await assert.rejects(program(root, root, ['validate', 'imageset.yaml']), (error: { stdout: string }) => {
    assert.match(error.stdout, /unknown key "aditionalImages"/)
    return true
  })
})

test('the licences of the packages in the built program are part of it', () => {
  const { dependencies } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as {
    dependencies: Readonly<Record<string, string>>
  }
  const licences = readFileSync(path.join(built, 'LICENSES.txt'), 'utf8')
  // ajv is loaded from its own package, with the first fault.
  for (const name of Object.keys(dependencies).filter(name => name !== 'ajv'))
    assert.match(licences, new RegExp(`^${name} \\d`, 'm'))
})
