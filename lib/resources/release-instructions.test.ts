/** What is printed after a release was mirrored, against what oc prints. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { parseDigest } from '../oci/digest.ts'
import { type ReleaseInstructions, releaseInstructions } from './release-instructions.ts'
import { signatureFile, signatureFileName } from './signature-file.ts'

const MIRROR = 'm.example:5000/ocp4/openshift4'
const TOLD: ReleaseInstructions = {
  kind: 'icsp',
  updateImage: `${MIRROR}:4.16.3-x86_64`,
  prefixes: [MIRROR, `${MIRROR}:4.16.3-x86_64`],
  isTemplate: false,
  sources: ['quay.io/openshift-release-dev/ocp-release', 'quay.io/openshift-release-dev/ocp-v4.0-art-dev'],
  mirrors: [MIRROR],
}

describe('instructions for a mirrored release', () => {
  it('are those of oc, word by word', () => {
    assert.equal(
      releaseInstructions(TOLD),
      `Update image:  m.example:5000/ocp4/openshift4:4.16.3-x86_64
Mirror prefix: m.example:5000/ocp4/openshift4
Mirror prefix: m.example:5000/ocp4/openshift4:4.16.3-x86_64

To use the new mirrored repository to install, add the following section to the install-config.yaml:

imageContentSources:
- mirrors:
  - m.example:5000/ocp4/openshift4
  source: quay.io/openshift-release-dev/ocp-release
- mirrors:
  - m.example:5000/ocp4/openshift4
  source: quay.io/openshift-release-dev/ocp-v4.0-art-dev


To use the new mirrored repository for upgrades, use the following to create an ImageContentSourcePolicy:

apiVersion: operator.openshift.io/v1alpha1
kind: ImageContentSourcePolicy
metadata:
  name: example
spec:
  repositoryDigestMirrors:
  - mirrors:
    - m.example:5000/ocp4/openshift4
    source: quay.io/openshift-release-dev/ocp-release
  - mirrors:
    - m.example:5000/ocp4/openshift4
    source: quay.io/openshift-release-dev/ocp-v4.0-art-dev`,
    )
  })

  it('for newer clusters are an ImageDigestMirrorSet', () => {
    const text = releaseInstructions({ ...TOLD, kind: 'idms' })
    assert.match(text, /^imageDigestSources:\n- mirrors:/m)
    assert.match(text, /to create an ImageDigestMirrorSet:\n\napiVersion: config\.openshift\.io\/v1\n/)
    assert.match(text, /\n {2}imageDigestMirrors:\n/)
  })

  it('say where signatures are, and nothing of mirrors where none are asked for', () => {
    const text = releaseInstructions({ ...TOLD, kind: 'none', signatureFolder: 'signatures' })
    assert.equal(
      text.slice(text.lastIndexOf('x86_64')),
      "x86_64\n\n\nTo apply signature configmaps use 'oc apply' on files found in signatures\n",
    )
  })

  it('call the place of a template by another word', () => {
    assert.match(
      releaseInstructions({ ...TOLD, isTemplate: true, prefixes: [`${MIRROR}:x`] }),
      /\nMirrored to: {3}m\.example/,
    )
  })
})

describe('the signature file of a payload', () => {
  const hex = `b1907cff3c4d7a3f${'0'.repeat(48)}`
  const digest = parseDigest(`sha256:${hex}`)

  it('is called by the first half of the digest', () => {
    assert.equal(signatureFileName(digest), 'signature-sha256-b1907cff3c4d7a3f.json')
  })

  it('is a ConfigMap in one line, as oc writes it', () => {
    assert.equal(
      signatureFile(digest, ['owGb']),
      `{"kind":"ConfigMap","apiVersion":"v1","metadata":{"name":"sha256-${hex}","namespace":"openshift-config-managed","creationTimestamp":null,"labels":{"release.openshift.io/verification-signatures":""}},"binaryData":{"sha256-${hex}-1":"owGb"}}\n`,
    )
  })
})
