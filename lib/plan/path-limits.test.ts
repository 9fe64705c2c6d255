import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { buildImage } from '../../testdata/images.ts'
import { MemoryRegistry } from '../../testdata/memory-registry.ts'
import { memoryMirror } from '../../testdata/mirror-in-memory.ts'
import { imageAt } from '../../testdata/sample-graph.ts'
import { PlanError } from '../errors.ts'
import { parseTarget } from '../target.ts'
import { checkPaths } from './path-limits.ts'

const findings = (target: string, ...places: readonly string[]) =>
  checkPaths(
    parseTarget(target),
    places.map(place => imageAt(place, 'm')),
  )

describe('paths that a registry will not take', () => {
  const rows: readonly (readonly [string, string, 'refused' | 'noted' | 'fine'])[] = [
    ['docker://docker.io/acme', 'acme/app:1', 'fine'],
    ['docker://docker.io/acme', 'acme/ubi9/ubi:1', 'refused'],
    ['docker://registry-1.docker.io/acme', 'acme/ubi9/ubi:1', 'refused'],
    ['docker://quay.io/acme', 'acme/ubi9/ubi:1', 'noted'],
    ['docker://quay.io/acme', 'acme/ubi:1', 'fine'],
    ['docker://registry.gitlab.com/group/project', 'group/project/ubi9/ubi:1', 'fine'],
    ['docker://registry.gitlab.com/group/project', 'group/project/a/b/c:1', 'noted'],
    ['docker://mirror.example', 'a/b/c/d/e/f/g:1', 'fine'],
    ['oci:///srv/layout', 'a/b/c:1', 'fine'],
    ['docker://mirror.example', `${'a'.repeat(241)}:1`, 'refused'],
    ['docker://mirror.example', `${'a'.repeat(240)}:1`, 'fine'],
  ]
  for (const [target, place, expected] of rows)
    it(`${place.slice(0, 30)} (${place.length} characters) at ${target} is ${expected}`, () => {
      const { refusals, notes } = findings(target, place)
      assert.deepEqual(
        [refusals.length > 0, notes.length > 0],
        [expected === 'refused', expected === 'noted'],
      )
    })

  it('are named together, each repository once, with the flag that helps', () => {
    const places = ['x/a/b:1', 'x/a/b:2', 'x/a/c:1', 'x/a/d:1', 'x/a/e:1', 'x/short:1']
    const { refusals } = findings('docker://docker.io/x', ...places)
    assert.equal(
      refusals[0]?.message,
      'docker.io takes no path of more than 2 parts: docker.io/x/a/b, docker.io/x/a/c, docker.io/x/a/d and 1 more',
    )
    assert.match(refusals[0]?.hint ?? '', /--max-nested-paths 2/)
  })

  it('are found at plan time, beside every other refusal', async t => {
    const { plan, target } = memoryMirror(t, { 'a/b/c:1': buildImage(), 'd:1': buildImage() })
    const hub = Object.assign(target, { address: parseTarget('docker://docker.io/ocp') })
    assert.ok(hub instanceof MemoryRegistry)
    hub.hold('ocp/d', '1', buildImage({ seed: 'theirs' }))
    await assert.rejects(plan(['a/b/c:1', 'd:1']), (error: unknown) => {
      assert.ok(error instanceof PlanError)
      assert.match(error.message, /no path of more than 2 parts[\s\S]*not ours/)
      return true
    })
  })
})
