import assert from 'node:assert/strict'
import { test } from 'node:test'
import { signatureUrl } from '../../../lib/content/release/signatures/index.ts'
import { writeDiskFiles } from '../../../testdata/oc-mirror-archives.ts'
import { PAYLOAD, WORKSPACE_FILES } from '../../../testdata/oc-mirror-workspace.ts'
import { temporaryFolder } from '../../../testdata/temp.ts'
import { openWebPlaces } from '../places/open-web.ts'

const OSUS = 'https://osus.example/graph'
const STORE = 'https://signatures.example/'

test('--inputs takes graphs and signatures out of a workspace of oc-mirror v2, wherever they would be asked for', async t => {
  const folder = temporaryFolder(t)
  const files = Object.entries(WORKSPACE_FILES).map(([name, text]) => [`working-dir/${name}`, text] as const)
  writeDiskFiles(folder, new Map(files))
  const env = { UPDATE_URL_OVERRIDE: OSUS, OCP_SIGNATURE_URL: STORE }
  const args = { srcTlsVerify: true, destTlsVerify: true, retryTimes: 0, cacheDir: folder, inputs: folder }
  const web = await openWebPlaces(args, { env, home: folder }, { carried: [] })
  const read = async (url: string) => {
    const bytes = await web.documents.read(url, { maxBytes: 1000 }, new AbortController().signal)
    return Buffer.from(bytes ?? '').toString()
  }
  assert.equal(await read(`${OSUS}?arch=amd64&channel=stable-4.16`), '{"nodes":[],"edges":[]}')
  assert.equal(await read(signatureUrl(STORE, PAYLOAD, 1)), 'signed')
  assert.equal(await read(signatureUrl(STORE, PAYLOAD, 2)), '', 'there are no more')
  await assert.rejects(read(`${OSUS}?arch=amd64&channel=stable-4.17`), /is not in the archive/)
  await web.close()
})
