import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { destinationAt } from '../../testdata/sample-graph.ts'
import { protectedBy, scopeOf } from './scope.ts'

const SOURCE = 'registry.redhat.io/ubi9/ubi:9.4'
const PLACE = destinationAt('ocp/ubi9/ubi:9.4')

describe('which images a plan is about', () => {
  const rows: readonly (readonly [string, readonly string[], readonly string[], boolean])[] = [
    ['all, without a choice', [], [], true],
    ['a repository below the prefix', ['ubi9/ubi'], [], true],
    ['a repository with the prefix', ['ocp/ubi9/ubi'], [], true],
    ['a destination', ['ubi9/ubi:9.4'], [], true],
    ['a destination with the prefix', ['ocp/ubi9/ubi:9.4'], [], true],
    ['a source', [SOURCE], [], true],
    ['everything from a registry', ['registry.redhat.io/**'], [], true],
    ['a star for one component', ['ubi9/*'], [], true],
    ['a star does not go deeper', ['*'], [], false],
    ['two stars do', ['**'], [], true],
    ['a star in a tag', ['ubi9/ubi:9.*'], [], true],
    ['one of several', ['other/**', 'ubi9/**'], [], true],
    ['another repository', ['ubi8/**'], [], false],
    ['all but this', [], ['ubi9/**'], false],
    ['all but another', [], ['ubi8/**'], true],
    ['exclude wins over only', ['ubi9/**'], ['**/*:9.4'], false],
    ['alternatives', ['{ubi8,ubi9}/ubi'], [], true],
  ]
  for (const [name, only, exclude, isInside] of rows)
    it(`${name}: only [${only}] exclude [${exclude}] is ${isInside ? 'in' : 'out'}`, () => {
      assert.equal(scopeOf('ocp', only, exclude)(PLACE, SOURCE), isInside)
    })

  it('without a prefix there is nothing to leave out', () => {
    assert.equal(scopeOf('', ['ocp/ubi9/ubi'], [])(PLACE, SOURCE), true)
    assert.equal(scopeOf('', ['ubi9/ubi'], [])(PLACE, SOURCE), false)
  })
})

it('nothing is protected until somebody says so', () => {
  assert.equal(protectedBy('ocp', [])(PLACE, SOURCE), false)
  assert.equal(protectedBy('ocp', ['ubi9/**'])(PLACE, SOURCE), true)
  assert.equal(protectedBy('ocp', ['ubi8/**'])(PLACE, SOURCE), false)
})
