/** Constraints of Helm, row by row. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { meetsConstraint } from './version-constraint.ts'

const CASES: readonly (readonly [version: string, constraint: string, meets: boolean | undefined])[] = [
  ['v1.34.0', '>=1.19-0', true],
  ['1.20.5', '<1.21-0', true],
  ['1.3.0', '>=1.2, <2', true],
  ['1.3.0', '>= 1.2.0 < 1.3.0', false],
  ['1.3.0', '^1.2 || ^3', true],
  ['2.3.0', '^1.2 || ^3', false],
  ['1.2.3', '!=1.2.3', false],
  ['1.2.4', '>=1.0, !=1.2.3', true],
  ['1.2.4', '1.x', true],
  ['1.2.4', '~1.2', true],
  ['1.2.4', '*', true],
  ['1.2', '>=1.2.0', true],
  ['1.3.0', '=>1.2', true],
  ['1.3.0', '=<1.2', false],
  ['1.2.7', '!=1.2', false],
  ['2.0.0-rc.1', '>=1.0.0', false],
  ['2.0.0-rc.1', '>=1.0.0-0', true],
  ['1.27.3+k3s1', '>=1.27.0', true],
  ['main', '>=1.0.0', undefined],
  ['1.0.0', 'newest', undefined],
]

describe('a constraint on versions', () => {
  for (const [version, constraint, meets] of CASES)
    it(`${version} ${meets === undefined ? 'and' : meets ? 'meets' : 'does not meet'} ${constraint}${meets === undefined ? ' cannot be compared' : ''}`, () =>
      assert.equal(meetsConstraint(version, constraint), meets))
})
