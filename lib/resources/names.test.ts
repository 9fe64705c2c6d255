import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { clusterFaults } from '../../testdata/cluster-schemas.ts'
import { catalog, held, mirrorOf, plainDigest } from '../../testdata/mirror-states.ts'
import { ResourceError } from '../errors.ts'
import { isRepositoryPath, isTag } from '../oci/reference.ts'
import { makeResources, type Resources } from './index.ts'

const SOURCE = `registry.redhat.io/redhat/index@${plainDigest('1')}`

test('whatever catalogs are called, their resources have different names that Kubernetes takes, or are refused', () => {
  const path = fc
    .string({ unit: fc.constantFrom('a', 'z', '0', '.', '_', '-', '/'), maxLength: 70 })
    .filter(isRepositoryPath)
  const tag = fc.string({ unit: fc.constantFrom('a', 'Z', '9', '.', '_', '-'), maxLength: 20 }).filter(isTag)
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.tuple(path, tag), { maxLength: 5, selector: parts => parts.join(':') }),
      places => {
        const images = places.map(([repository, name]) =>
          held(SOURCE, `reg.lan/${repository}:${name}`, catalog('x')),
        )
        const made = madeOrRefused(() =>
          makeResources(mirrorOf('docker://reg.lan', ...images), {
            maxNestedPaths: 0,
            icsp: false,
            templates: [],
          }),
        )
        if (made === undefined) return
        const objects = made.files.flatMap(file => file.objects)
        assert.equal(objects.length, 2 * places.length)
        assert.equal(new Set(made.files.map(file => file.path)).size, objects.length)
        for (const object of objects) {
          assert.deepEqual(clusterFaults(object), [])
          assert.match(object.metadata.name, /^[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?$/)
        }
      },
    ),
  )
})

function madeOrRefused(make: () => Resources): Resources | undefined {
  try {
    return make()
  } catch (error) {
    if (error instanceof ResourceError) return undefined
    throw error
  }
}
