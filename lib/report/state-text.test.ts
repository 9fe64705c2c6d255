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

test('images that are on their way in an archive are counted, and each says in which one', () => {
  const state = sampleState(['a/b:1', 'a/c:1', 'a/d:1'])
  const id = sampleDigest('archive')
  const [first, ...others] = state.images.map((image, at) => (at < 2 ? { ...image, shippedIn: id } : image))
  assert.ok(first)
  const archives = [{ id, number: 3, plan: sampleDigest('plan') }]
  const text = renderState({ ...state, images: [first, ...others], archives }, WIDE)
  assert.equal(text.split('\n')[1], '  2 images shipped in archive 3, not confirmed yet')
  const one = renderStateImage(first, { store: state, target: state.target }, WIDE)
  assert.ok(one.includes(`\n  shipped    in archive ${id}, not confirmed yet\n`), one)
  const { shippedIn: _, ...image } = first
  const there = renderStateImage({ ...image, arrivedIn: id }, { store: state, target: state.target }, WIDE)
  assert.ok(there.includes(`\n  arrived    in archive ${id}\n`), there)
})

test('a release is one line with its images counted, and with all each of them has its own', () => {
  const origin = {
    kind: 'release',
    version: '4.16.8',
    architecture: 'x86_64',
    channels: ['stable-4.16'],
  } as const
  const state = sampleState(['rel:etcd', 'rel:cli', 'a/b:1'])
  const images = state.images.map((image, at) =>
    at > 1 ? image : { ...image, origins: [{ ...origin, component: image.destination.tag }] },
  )
  const lines = renderState({ ...state, images }, WIDE).split('\n')
  assert.deepEqual(lines.slice(2), [
    '  release 4.16.8 (x86_64), channel stable-4.16  2 images              2.0 MiB  releases',
    `  a/b:1                                         ${shortDigest(sampleDigest('a/b:1'))}  1.0 MiB  additional image registry.redhat.io/a/b:1`,
    '',
    'Releases and packages are one line each; all their images: mirrorform show STATE --all',
  ])
  const all = renderState({ ...state, images }, { ...WIDE, all: true }).split('\n')
  assert.equal(all.length, 5)
  assert.match(all[2] ?? '', /component etcd of release 4\.16\.8 \(x86_64\), channel stable-4\.16$/)
})

test('the signatures of a payload are counted', () => {
  const state = sampleState(['rel:payload'])
  const [image] = state.images
  assert.ok(image)
  const signed = { ...image, releaseSignatures: ['QQ==', 'Qg=='] }
  assert.match(
    renderStateImage(signed, { store: state, target: state.target }, WIDE),
    /\n {2}signed by {2}2 OpenPGP signatures\n/,
  )
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
