import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  sampleDigest,
  sampleImage,
  sampleManifest,
  sampleState,
  storeOf,
} from '../../testdata/sample-plans.ts'
import type { ManifestNode } from '../graph/graph.ts'
import { shortDigest } from '../oci/digest.ts'
import { OCI_INDEX } from '../oci/media-types.ts'
import { parseTag } from '../oci/reference.ts'
import { renderState, renderStateImage } from './state-text.ts'
import { PLAIN_STYLE } from './style.ts'

const WIDE = { style: PLAIN_STYLE, width: Number.POSITIVE_INFINITY }

test('a state is one line for each image, with digest, size and origin', () => {
  const state = sampleState(['ubi9/ubi:latest', 'a/b:1'])
  assert.deepEqual(renderState(state, WIDE).split('\n'), [
    'registry.enc1.example:5000/ocp: 2 images, 2.0 MiB in 4 blobs',
    '',
    `  ubi9/ubi:latest  ${shortDigest(sampleDigest('ubi9/ubi:latest'))}  1.0 MiB  additional image registry.redhat.io/ubi9/ubi:latest`,
    `  a/b:1            ${shortDigest(sampleDigest('a/b:1'))}  1.0 MiB  additional image registry.redhat.io/a/b:1`,
  ])
})

test('blobs of unfinished images are told', () => {
  const state = sampleState([])
  const { repository } = sampleImage('a/b:1').destination
  const loose = [{ repository, digest: sampleDigest('loose'), size: 2048 }]
  assert.deepEqual(renderState({ ...state, loose }, WIDE).split('\n'), [
    'registry.enc1.example:5000/ocp: 0 images, 0 B in 0 blobs',
    '  and 1 blob (2.0 KiB) sent for images that are not finished yet',
  ])
})

test('one image is shown with its source, platforms, origins and whole content', () => {
  const amd64 = sampleManifest('amd64', 4096)
  const signature = sampleManifest('signature', 100)
  const arm64 = sampleDigest('arm64')
  const root = sampleDigest('root')
  const index: ManifestNode = {
    digest: root,
    mediaType: OCI_INDEX,
    size: 800,
    manifests: [amd64.node.digest, arm64],
    blobs: [],
  }
  const store = storeOf([{ node: index, blobs: [] }, amd64, signature])
  const tag = parseTag('sha256-abc.sig')
  const image = {
    ...sampleImage('ubi9/ubi:latest', 'root'),
    platforms: ['linux/amd64'],
    omitted: [arm64],
    attachments: [{ digest: signature.node.digest, subject: root, tag }],
  }
  const { target } = sampleState([])
  assert.deepEqual(renderStateImage(image, { store, target }, WIDE).split('\n'), [
    'registry.enc1.example:5000/ocp/ubi9/ubi:latest',
    '  from       registry.redhat.io/ubi9/ubi:latest',
    `  digest     ${root}`,
    '  platforms  linux/amd64',
    '  left out   1 manifest of its index',
    '  wanted by  additional image registry.redhat.io/ubi9/ubi:latest',
    '  size       5.0 KiB in 4 blobs, 3 manifests',
    '',
    'Content',
    `  ${root}        800 B  OCI index`,
    `    ${amd64.node.digest}      700 B  OCI manifest`,
    `      ${sampleDigest('amd64 config')}    512 B  config`,
    `      ${sampleDigest('amd64 layer')}  4.0 KiB  layer`,
    `  ${signature.node.digest}        700 B  tag sha256-abc.sig, OCI manifest`,
    `    ${sampleDigest('signature config')}      512 B  config`,
    `    ${sampleDigest('signature layer')}      100 B  layer`,
  ])
})
