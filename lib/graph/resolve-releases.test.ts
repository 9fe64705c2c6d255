import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type Built, buildCosignSignature, buildImage } from '../../testdata/images.ts'
import { MemoryRegistry } from '../../testdata/memory-registry.ts'
import { wantedImage } from '../../testdata/mirroring.ts'
import { resolveFrom, stateHolding } from '../../testdata/resolving.ts'
import type { WantedImage } from '../content/wanted.ts'
import { digestOf } from '../oci/digest.ts'
import { parseRepositoryPath, parseTag } from '../oci/reference.ts'
import { resolveError } from './resolve.ts'

const REPOSITORY = 'openshift/art-dev'

/** A component as the release content asks for it: by digest, at a tag of its own for each version. */
function component(version: string, name: string, digest: string): WantedImage {
  return {
    ...wantedImage(`src.example/${REPOSITORY}@${digest}`),
    repository: parseRepositoryPath('openshift/release'),
    tag: parseTag(`${version}-x86_64-${name}`),
    origins: [
      { kind: 'release', version, architecture: 'x86_64', channels: ['stable-4.16'], component: name },
    ],
  }
}

/** Releases of `components` images, of which each release has a few of its own and shares the others. */
function series(registry: MemoryRegistry, releases: number, components: number): readonly WantedImage[] {
  const built = new Map<string, Built>()
  return Array.from({ length: releases }, (_, release) =>
    Array.from({ length: components }, (_, at) => {
      const seed = `${at} ${(release + at) % 3 === 0 ? release : 'shared'}`
      const image = built.get(seed) ?? buildImage({ files: { seed } })
      built.set(seed, image)
      registry.hold(REPOSITORY, 'latest', image)
      return component(`4.16.${release}`, `part-${at}`, image.manifest.digest)
    }),
  ).flat()
}

describe('components of releases', () => {
  it('cost one manifest request for each distinct digest, whatever the number of releases', async () => {
    const registry = new MemoryRegistry('src.example')
    const wanted = series(registry, 8, 20)
    const distinct = new Set(
      wanted.map(({ source }) => source.kind === 'registry' && source.reference.digest),
    )
    const { graph, failures } = await resolveFrom([registry], wanted)
    assert.deepEqual(failures, [])
    assert.equal(graph.images.length, 160)
    assert.deepEqual(registry.counts(), {
      'GET manifest': distinct.size,
      'GET referrers': distinct.size,
      'GET tags': 1,
    })
  })

  it('that the state holds cost no manifest request', async () => {
    const registry = new MemoryRegistry('src.example')
    const wanted = series(registry, 2, 10)
    const { graph } = await resolveFrom([registry], wanted)
    registry.forgetRequests()
    const again = await resolveFrom([registry], wanted, { state: stateHolding(graph), attachments: 'ignore' })
    assert.deepEqual(registry.requests, [])
    assert.deepEqual(again.graph.images, graph.images)
  })

  it('that the state holds with their signatures are not asked for them again, whatever release has them', async () => {
    const registry = new MemoryRegistry('src.example')
    const wanted = series(registry, 3, 10)
    for (const { source } of wanted)
      if (source.kind === 'registry' && source.reference.digest !== undefined) {
        const signature = buildCosignSignature(source.reference.digest)
        registry.hold(REPOSITORY, signature.tag, signature)
      }
    const { graph } = await resolveFrom([registry], wanted.slice(0, 20))
    assert.ok(graph.images.every(({ attachments }) => attachments.length === 1))
    registry.forgetRequests()
    const again = await resolveFrom([registry], wanted, { state: stateHolding(graph) })
    const held = new Set(graph.images.map(({ digest }) => digest))
    const fresh = new Set(again.graph.images.map(({ digest }) => digest).filter(digest => !held.has(digest)))
    assert.ok(fresh.size > 0)
    assert.equal(registry.counts()['GET referrers'], 2 * fresh.size, 'of new components and their signatures')
    assert.ok(again.graph.images.every(({ attachments }) => attachments.length === 1))
  })

  it('that the state holds without any signature are asked for them: it may have been made without', async () => {
    const registry = new MemoryRegistry('src.example')
    const wanted = series(registry, 1, 4)
    const { graph } = await resolveFrom([registry], wanted)
    registry.forgetRequests()
    await resolveFrom([registry], wanted, { state: stateHolding(graph) })
    assert.equal(registry.counts()['GET referrers'], 4)
  })

  it('that are missing at the source are named with release, component and source, each failure once', async () => {
    const registry = new MemoryRegistry('src.example')
    const gone = digestOf('gone')
    const wanted = [component('4.16.7', 'etcd', gone), component('4.16.8', 'etcd', gone)]
    const { failures } = await resolveFrom([registry], wanted)
    const { message } = resolveError(failures)
    assert.match(
      message,
      /^component etcd of release 4\.16\.7 \(x86_64\), channel stable-4\.16 and 1 more: src\.example\/openshift\/art-dev@sha256:\w+: .*is not there$/,
    )
  })
})
