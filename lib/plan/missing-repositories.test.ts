import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { buildImage } from '../../testdata/images.ts'
import { memoryMirror } from '../../testdata/mirror-in-memory.ts'
import { parseTarget } from '../target.ts'
import { needsRepositories } from './missing-repositories.ts'

describe('a registry that makes no repositories by itself', () => {
  const rows: readonly (readonly [string, boolean])[] = [
    ['docker://123456789012.dkr.ecr.eu-central-1.amazonaws.com/ocp', true],
    ['docker://123456789012.dkr.ecr-fips.us-gov-west-1.amazonaws.com', true],
    ['docker://123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn', true],
    ['docker://public.ecr.aws/acme', false],
    ['docker://mirror.example/123456789012.dkr.ecr.eu-central-1.amazonaws.com', false],
    ['oci:///srv/layout', false],
  ]
  for (const [target, expected] of rows)
    it(`${target} is ${expected ? 'one' : 'none'}`, () => {
      assert.equal(needsRepositories(parseTarget(target)), expected)
    })

  it('is asked for every repository, and the plan names all that are missing', async t => {
    const names = Array.from({ length: 12 }, (_, at) => `app-${String(at).padStart(2, '0')}:1`)
    const images = Object.fromEntries(names.map(name => [name, buildImage({ seed: name })]))
    const { plan, target } = memoryMirror(t, images)
    const ecr = parseTarget('docker://123456789012.dkr.ecr.eu-central-1.amazonaws.com/ocp')
    Object.assign(target, { address: ecr })
    target.hold('ocp/app-03', 'old', buildImage())
    const { notes } = await plan(names)
    assert.equal(target.counts()['GET tags'], names.length)
    assert.equal(notes.length, 1)
    const missing = names.map(name => `ocp/${name.split(':')[0]}`).filter(name => name !== 'ocp/app-03')
    assert.match(notes[0] ?? '', /create-repository/)
    assert.ok(notes[0]?.endsWith(`: ${missing.join(', ')}`))
  })
})
