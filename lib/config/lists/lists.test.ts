/** Lists of other tools as image sets: what each becomes, and what is said of what it does not become. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { imported } from '../../../testdata/imported-list.ts'
import { parseImageSet } from '../configuration.ts'
import { ConfigError } from '../problem.ts'
import { readImageList } from './index.ts'

const ZEROS = `sha256:${'0'.repeat(64)}`

describe('a file of skopeo sync', () => {
  const FILE = `registry.example.com:
  images:
    busybox: []
    redis: ["1.0", 2.10, "${ZEROS}"]
  images-by-tag-regex:
    nginx: ^1\\.13\\.[12]-alpine-perl$
    one: ^v1\\.0$
  images-by-semver: {alpine: ">= 3.12.0"}
  credentials: {username: john, password: correct-horse}
  cert-dir: /home/john/certs
quay.io:
  tls-verify: false
  images: {coreos/etcd: [latest]}
`
  it('gives its tags and digests, in its order, with what only a registry knows as comments beside them', () => {
    const { text, images, left } = imported(FILE)
    assert.deepEqual(images, [
      'registry.example.com/redis:1.0',
      'registry.example.com/redis:2.10',
      `registry.example.com/redis@${ZEROS}`,
      'registry.example.com/one:v1.0',
      'quay.io/coreos/etcd:latest',
    ])
    assert.deepEqual(left, [
      '9: the credentials of registry.example.com',
      '10: the certificates of registry.example.com',
      '3: all tags of registry.example.com/busybox',
      '6: tags that match ^1\\.13\\.[12]-alpine-perl$ of registry.example.com/nginx',
      '8: tags in >= 3.12.0 of registry.example.com/alpine',
      '12: tls-verify: false of quay.io',
    ])
    assert.match(
      text,
      /additionalImages:\n {4}# not carried over: list:3:5: all tags of [^\n]*\n {4}- name: registry/,
    )
    assert.match(text, /redis@sha256:0+\n {4}# not carried over: list:6:5: tags that match/)
    assert.doesNotMatch(text, /john\n|correct-horse/)
  })

  for (const [paths, expected] of [
    ['last', 'quay.io/coreos/etcd:latest => etcd:'],
    ['scoped', 'quay.io/coreos/etcd:latest => quay.io/coreos/etcd:'],
  ] as const)
    it(`puts images where skopeo puts them with the path rule ${paths}`, () => {
      assert.equal(imported(FILE, { paths }).images.at(-1), expected)
    })

  it('is carried over but for what is wrong in it', () => {
    const { images, left } = imported(
      'quay.io:\n  images:\n    UP: [a]\n    ok: [a, "b c"]\n    at:1: [a]\n  images-by-tag-regex:\n    x: "("\n  images-by-semver:\n    y: soon\n  imges: {}\nempty.io:\n',
    )
    assert.deepEqual(images, ['quay.io/ok:a'])
    assert.deepEqual(
      left.map(line => line.split(':')[0]),
      ['10', '3', '4', '5', '7', '9', '11'],
    )
  })
})

describe('a file of regsync', () => {
  it('gives images at the places of its targets, with plain tags written out', () => {
    const { images, left } = imported(`version: 1
creds:
  - {registry: registry.lan, user: john, pass: correct-horse, tls: disabled}
defaults: {parallel: 2, interval: 60m}
sync:
  - {source: busybox, target: "registry.lan/library/busybox:1", type: image}
  - source: quay.io/acme/app
    target: registry.lan/mirror/app
    type: repository
    tags: {allow: [latest, 1.10, "2\\\\.0"], deny: ["lat.*"]}
    platforms: [linux/amd64, linux/arm/v7]
  - {source: quay.io/acme/all, target: registry.lan/all, type: repository}
  - {source: quay.io, target: registry.lan/quay, type: registry}
  - {source: "ocidir://cache:v1", target: "other.lan/cache:v2", type: image}
  - {source: "a:{{x}}", target: registry.lan/a, type: image}
  - {source: "a:1", target: "ocidir://out", type: image, backup: old}
  - {source: "a:1", target: registry.lan/a, type: typo}
  - {source: "quay.io/a/b:1", target: registry.lan/a/b, type: image}
`)
    assert.deepEqual(images, [
      'docker.io/library/busybox:latest => :1',
      'quay.io/acme/app:1.10 => mirror/app: amd64 arm',
      'quay.io/acme/app:2.0 => mirror/app: amd64 arm',
      'oci://cache:v1 => cache:v2',
      'quay.io/a/b:1 => :latest',
    ])
    assert.deepEqual(left, [
      '3: the credentials of registry.lan',
      '3: tls of registry.lan',
      '4: interval',
      '11: the variant of linux/arm/v7: all variants are taken',
      '12: all tags of quay.io/acme/all',
      '13: all repositories of quay.io',
      '14: ocidir://cache:v1 was for other.lan, not for registry.lan',
      '15: "a:{{x}}" is a template, which is not filled in here',
      '16: backup',
      '16: ocidir://out is a folder, not a place in a registry',
      '17: a:1: its type is typo',
    ])
  })

  it('never takes all tags because an expression cannot be read', () => {
    const { images, left } = imported(
      'sync:\n  - {source: q.io/a, target: r.lan/a, type: repository, tags: {allow: ["("]}}\n  - {source: q.io/b:1, target: r.lan/b:1, type: image}\n',
    )
    assert.deepEqual(images, ['q.io/b:1'])
    assert.equal(left.length, 1)
  })
})

describe('a list of references', () => {
  it('gives each image once, with Docker Hub where no registry is named', () => {
    const { images, left } = imported(
      '# k3s\ndocker.io/rancher/klipper-helm:v0.9.3\r\nrancher/pause:3.6 # trailing\n\nrancher/pause:3.6\n- "quay.io/a/b:1"\nBAD/Ref:1\na:1=b:1\nhttps://bob:secret@q.io/a:1\n',
    )
    assert.deepEqual(images, [
      'docker.io/rancher/klipper-helm:v0.9.3',
      'docker.io/rancher/pause:3.6',
      'quay.io/a/b:1',
    ])
    assert.deepEqual(
      left.map(line => line.split(':')[0]),
      ['7', '8', '9'],
    )
    assert.doesNotMatch(left.join(), /secret/)
  })
})

describe('a manifest of hauler', () => {
  it('gives images and charts of all its documents; files and collections are named', () => {
    const { text, images, left } = imported(`apiVersion: content.hauler.cattle.io/v1
kind: Images
metadata:
  annotations: {hauler.dev/platform: linux/amd64, hauler.dev/registry: reg.example}
spec:
  images:
    - name: busybox
    - {name: "busybox:stable", platform: linux/arm64, rewrite: "/dev/bb:v1"}
    - {name: "gcr.io/a/b:1", key: cosign.pub}
---
apiVersion: content.hauler.cattle.io/v1
kind: Charts
spec:
  charts:
    - {name: rancher, repoURL: "https://bob:secret@charts.example/stable", version: 2.10}
    - {name: app, repoURL: "oci://ghcr.io/acme", valuesFiles: [v.yaml], insecureSkipTLSVerify: false}
    - {name: local.tgz, repoURL: .}
    - {name: other, repoURL: "https://charts.example/stable"}
---
apiVersion: content.hauler.cattle.io/v1
kind: Files
spec: {files: [{path: "https://get.rke2.io"}]}
---
apiVersion: collection.hauler.cattle.io/v1
kind: K3s
spec: {version: v1.30}
`)
    assert.deepEqual(images, [
      'reg.example/busybox:latest amd64',
      'reg.example/busybox:stable => dev/bb:v1 arm64',
      'gcr.io/a/b:1 amd64',
    ])
    assert.deepEqual(left, [
      '9: the check of the signature of gcr.io/a/b:1',
      '15: the credentials in the address of a chart',
      '16: valuesFiles',
      '22: the file https://get.rke2.io',
      '25: kind: K3s',
    ])
    assert.doesNotMatch(text, /bob|:secret/)
    const { helm } = parseImageSet({ path: 'out', text })
    assert.deepEqual(
      helm?.repositories.map(({ url, charts }) => [
        url,
        ...charts.map(({ name, version }) => `${name} ${version}`),
      ]),
      [
        ['https://charts.example/stable', 'rancher 2.10', 'other undefined'],
        ['oci://ghcr.io/acme', 'app undefined'],
      ],
    )
    assert.deepEqual(
      helm?.local.map(({ path }) => path),
      ['local.tgz'],
    )
  })
})

describe('a file that is no list', () => {
  for (const [what, text, said] of [
    ['an image set', 'kind: ImageSetConfiguration\nmirror: {}\n', /needs no import/],
    ['something else', 'a: 1\nb: 2\n', /no list of images/],
    ['prose', 'Dear all,\nplease mirror these.\n', /no list of images/],
    ['a mapping file', 'q.io/a:1=r.lan/a:1\nq.io/b:1 r.lan/b:1\n', /mapping file, and needs no import/],
    ['broken YAML', 'sync:\n  - source: [a\n', /^list:\d+:\d+: /],
    ['nothing', '', /the file is empty/],
  ] as const)
    it(`is refused: ${what}`, () =>
      assert.throws(
        () => readImageList({ path: 'list', text }),
        ({ message }: Error) => said.test(message),
      ))

  it('is refused with line and column where its YAML is broken', () => {
    const broken = 'apiVersion: content.hauler.cattle.io/v1\nkind: [\n'
    assert.throws(
      () => readImageList({ path: 'list', text: broken }, { format: 'hauler' }),
      (error: unknown) => error instanceof ConfigError && /^list:\d+:\d+: /.test(error.message),
    )
  })
})
