/** A helm that the user names: what it is asked, what it is told, and how its complaints come back. */
import assert from 'node:assert/strict'
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { KUBERNETES_VERSION } from '../../lib/content/helm/index.ts'
import { temporaryFolder } from '../../testdata/temp.ts'
import { openHelmBinary } from './index.ts'

const { signal } = new AbortController()

/** Notes its arguments, its variables and what it is given, and then does as the script says. */
function helmThat(t: TestContext, script: string) {
  const folder = temporaryFolder(t)
  const binary = path.join(folder, 'helm')
  const noted = (name: string) => readFileSync(path.join(folder, name), 'utf8')
  writeFileSync(
    binary,
    `#!/bin/sh
if [ "$1" = version ]; then echo v3.19.0+gfake; exit; fi
printf '%s\\n' "$@" > ${folder}/arguments
env > ${folder}/variables
cat "$3" > ${folder}/chart
${script}
`,
  )
  chmodSync(binary, 0o755)
  return { binary, noted }
}

describe('a helm of the user', () => {
  it('renders one chart with nothing of the user’s around it', async t => {
    const { binary, noted } = helmThat(t, 'echo "kind: Pod"')
    const env = { PATH: process.env.PATH, KUBECONFIG: '/k', HELM_PLUGINS: '/p', HTTPS_PROXY: 'http://proxy' }
    const helm = await openHelmBinary({ binary, env }, signal)
    assert.equal(helm.version, 'v3.19.0+gfake')
    assert.equal(await helm.render(Buffer.from('bytes'), 'the chart'), 'kind: Pod\n')
    const [verb, release, file = '', ...others] = noted('arguments').trim().split('\n')
    assert.deepEqual([verb, release], ['template', 'release-name'])
    assert.deepEqual(others, [
      '--include-crds',
      '--namespace',
      'default',
      '--kube-version',
      KUBERNETES_VERSION,
    ])
    assert.equal(noted('chart'), 'bytes')
    const variables = noted('variables')
    assert.doesNotMatch(variables, /KUBECONFIG|=\/p$|proxy$/m)
    const home = path.dirname(file)
    for (const name of ['HOME', 'HELM_CACHE_HOME', 'HELM_CONFIG_HOME', 'HELM_DATA_HOME', 'HELM_PLUGINS'])
      assert.match(variables, new RegExp(`^${name}=${home}`, 'm'))
    await helm.close()
    assert.ok(!existsSync(home))
  })

  it('that cannot render a chart is quoted', async t => {
    const { binary } = helmThat(t, 'echo "Error: image.tag is required" >&2; exit 1')
    const helm = await openHelmBinary({ binary, env: process.env }, signal)
    t.after(() => helm.close())
    await assert.rejects(helm.render(Buffer.from('x'), 'charts/web'), {
      name: 'PlanError',
      message: 'helm cannot render charts/web: Error: image.tag is required',
    })
  })

  it('that does not come back is given up', async t => {
    const { binary } = helmThat(t, 'exec sleep 30')
    const helm = await openHelmBinary({ binary, env: process.env, timeout: 1500 }, signal)
    t.after(() => helm.close())
    await assert.rejects(helm.render(Buffer.from('x'), 'charts/web'), /it took longer than 1\.5 seconds/)
  })

  it('that is not there, or is no helm, is refused at once', async t => {
    const binary = path.join(temporaryFolder(t), 'none')
    await assert.rejects(openHelmBinary({ binary, env: {} }, signal), {
      name: 'UsageError',
      message: /--helm-binary .*none is no helm: .*ENOENT/,
    })
    await assert.rejects(openHelmBinary({ binary: '/bin/false', env: {} }, signal), /is no helm/)
  })
})
