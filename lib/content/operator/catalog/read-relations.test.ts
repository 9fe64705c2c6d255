import assert from 'node:assert/strict'
import { it } from 'node:test'
import { readPriority, readRelations } from './read-relations.ts'

it('bundles say what they serve and what they need, each once, and what is written oddly counts for nothing', () => {
  const api = { group: 'g', version: 'v1', kind: 'K' }
  const properties = [
    { type: 'olm.gvk', value: api },
    { type: 'olm.gvk', value: api },
    { type: 'olm.gvk', value: { group: 'g' } },
    { type: 'olm.gvk.required', value: { ...api, kind: 'L' } },
    { type: 'olm.package.required', value: { packageName: 'p', versionRange: '>=1.0.0' } },
    { type: 'olm.package.required', value: { packageName: 3 } },
    { type: 'olm.package', value: { packageName: 'q', version: '1.0.0' } },
    'odd',
  ]
  assert.deepEqual(readRelations(properties), {
    provides: ['g/v1/K'],
    needs: [
      { kind: 'api', api: 'g/v1/L' },
      { kind: 'package', package: 'p', range: '>=1.0.0' },
    ],
  })
  assert.equal(readRelations([{ type: 'olm.package', value: {} }]), undefined)
  assert.equal(readRelations(undefined), undefined)
})

it('channels may have a priority', () => {
  assert.equal(readPriority([{ type: 'olm.channel', value: { priority: 3 } }]), 3)
  assert.equal(readPriority([{ type: 'olm.channel', value: { priority: 'high' } }]), undefined)
  assert.equal(readPriority(undefined), undefined)
})
