/** The image of graph data: made of a base and an archive, and the same whenever they are. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { buildMultiArch } from '../../../../testdata/images.ts'
import { buildRelease } from '../../../../testdata/releases.ts'
import {
  channelOf,
  collect,
  failure,
  placesOf,
  type ReleasesInMemory,
  releasesInMemory,
} from '../../../../testdata/releases-in-memory.ts'
import { graphDataArchive } from '../../../../testdata/update-graph-server.ts'
import { hintOf } from '../../../errors.ts'
import { parseReference } from '../../../oci/reference.ts'

const CHANNEL = 'stable-4.16'
const r0 = buildRelease({ version: '4.16.0', components: { etcd: 'etcd' } })

describe('the graph image', () => {
  const archive = graphDataArchive({ [CHANNEL]: ['4.16.0'] })
  async function ready(): Promise<ReleasesInMemory> {
    const memory = await releasesInMemory()
    memory.bases.hold('ubi9/ubi', 'latest', buildMultiArch({ config: { Entrypoint: ['/init'], Cmd: ['x'] } }))
    memory.web.set(memory.options.graphImage.url, archive)
    return memory
  }

  it('is made of the base image for every platform, with the data, and the same each time', async () => {
    const memory = await ready()
    const { images } = await collect(memory, { graph: true })
    const [image] = images
    assert.deepEqual(placesOf(images), ['openshift/graph-image:latest'])
    assert.deepEqual(image?.origins, [{ kind: 'graphData' }])
    const base = buildMultiArch({ config: { Entrypoint: ['/init'], Cmd: ['x'] } }).manifest.digest
    assert.deepEqual(image?.source, {
      kind: 'registry',
      reference: parseReference(`registry.access.redhat.com/ubi9/ubi@${base}`),
    })
    assert.equal(image?.made?.manifests.length, 3)
    const configs = [...(image?.made?.blobs.values() ?? [])].flatMap(bytes => {
      const text = Buffer.from(bytes).toString()
      return text.startsWith('{') ? [JSON.parse(text)] : []
    })
    for (const { config } of configs)
      assert.deepEqual(config, {
        Entrypoint: ['/init'],
        Cmd: [
          '/bin/bash',
          '-c',
          'exec cp -rp /var/lib/cincinnati-graph-data/* /var/lib/cincinnati/graph-data',
        ],
      })
    assert.equal(configs.length, 2)
    const again = await collect(await ready(), { graph: true })
    assert.equal(again.images[0]?.made?.root, image?.made?.root)
  })

  it('is another one when the data is', async () => {
    const [memory, other] = [await ready(), await ready()]
    other.web.set(other.options.graphImage.url, graphDataArchive({ [CHANNEL]: ['4.16.0', '4.16.1'] }))
    const [one, two] = await Promise.all([memory, other].map(each => collect(each, { graph: true })))
    assert.notEqual(one?.images[0]?.made?.root, two?.images[0]?.made?.root)
  })

  it('whose base cannot be had is an error that names it and the option', async () => {
    const memory = await ready()
    memory.bases.content('ubi9/ubi').tags.clear()
    const gone = await failure(collect(memory, { graph: true }))
    assert.equal(gone.message, 'the base image registry.access.redhat.com/ubi9/ubi:latest does not exist')
    assert.match(hintOf(gone) ?? '', /--graph-data-base-image/)
    const baseImage = parseReference('down.example/ubi:1')
    const down = await failure(
      collect(memory, { graph: true }, { graphImage: { ...memory.options.graphImage, baseImage } }),
    )
    assert.match(down.message, /^the base image down\.example\/ubi:1 cannot be read: /)
  })

  it('without its data is an error, told together with releases that fail', async () => {
    const memory = await ready()
    memory.web.clear()
    await memory.publish(CHANNEL, [r0])
    memory.web.delete(memory.signatureAt(r0))
    const { message } = await failure(collect(memory, { graph: true, channels: [channelOf(CHANNEL)] }))
    assert.match(message, /the graph data https:\/\/graphs\.example\/graph-data is not there/)
    assert.match(message, /4\.16\.0.*no signature/)
  })

  it('whose data comes from a URL with a password does not tell it', async () => {
    const memory = await ready()
    const url = 'https://me:secret@graphs.example/graph-data?token=abc'
    const graphImage = { ...memory.options.graphImage, url }
    const { message } = await failure(collect(memory, { graph: true }, { graphImage }))
    assert.equal(message, 'the graph data https://graphs.example/graph-data is not there')
  })
})
