/**
 * A mirror of operators on the command line: catalogs and all their images at a registry that registries.conf puts in
 * place of every host they are named by, and a workspace with an image set of operators.
 */
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import pLimit from 'p-limit'
import { parseReference } from '../lib/oci/reference.ts'
import type { Plan } from '../lib/plan/plan.ts'
import { buildCatalogImage, type CatalogContent, type CatalogImageOptions } from './catalogs.ts'
import type { Built } from './images.ts'
import { IMAGE_SET, type MirrorScene, mirrorScene } from './mirror-scene.ts'
import { pushToServer } from './push.ts'
import { registriesConf } from './releases.ts'
import type { CliOptions } from './run-cli.ts'
import type { TestEnd } from './temp.ts'

/** An entry of `mirror.operators`. */
export interface OperatorText {
  readonly catalog: string
  readonly full?: boolean
  readonly targetCatalog?: string
  readonly targetTag?: string
  readonly platforms?: readonly { readonly os: string; readonly architecture: string }[]
  readonly packages?: readonly PackageText[]
}

export interface PackageText extends RangeText {
  readonly defaultChannel?: string
  readonly channels?: readonly RangeText[]
  readonly bundles?: readonly { readonly name: string }[]
}

export interface RangeText {
  readonly name: string
  readonly minVersion?: string
  readonly maxVersion?: string
}

export interface CatalogScene extends MirrorScene {
  /** Replaces the image set. */
  wantOperators(...operators: readonly OperatorText[]): void
}

/** Hosts that catalogs of the tests and of the corpus name. */
const HOSTS = [
  'docker.io',
  'ghcr.io',
  'quay.io',
  'registry.connect.redhat.com',
  'registry.example.com',
  'registry.redhat.io',
  'registry.stage.redhat.io',
]
const PUSHERS = 4

/** @param target `docker://127.0.0.1:PORT/prefix`. @param host of the registry that plays all others */
export function catalogScene(
  t: TestEnd,
  host: string,
  target: string,
  env: CliOptions['env'] = {},
): CatalogScene {
  const scene = mirrorScene(t, target, env)
  writeFileSync(path.join(scene.root, 'registries.conf'), registriesConf(host, HOSTS))
  return {
    ...scene,
    wantOperators: (...operators) => void scene.write(IMAGE_SET, operatorsText(operators)),
  }
}

/** An image set with nothing but operators; JSON is YAML. */
export function operatorsText(operators: readonly OperatorText[]): string {
  return JSON.stringify(
    { apiVersion: 'mirror.openshift.io/v2alpha1', kind: 'ImageSetConfiguration', mirror: { operators } },
    undefined,
    2,
  )
}

/** Puts images where their references lead once registries.conf sends them here. */
export async function pushReferences(url: string, images: CatalogContent['images']): Promise<void> {
  const limit = pLimit(PUSHERS)
  await Promise.all(
    [...images].map(([text, image]) =>
      limit(() => {
        const { path, tag } = parseReference(text)
        return pushToServer(url, path, tag, image)
      }),
    ),
  )
}

/** Builds a catalog and pushes it under its reference, with all that it names. @returns the catalog image */
export async function publishCatalog(
  url: string,
  reference: string,
  content: CatalogContent,
  options: CatalogImageOptions = {},
): Promise<Built> {
  const catalog = buildCatalogImage(content.files, options)
  await pushReferences(url, new Map([...content.images, [reference, catalog]]))
  return catalog
}

/** Names of the bundles that a plan says are kept, sorted. */
export function keptBundles({ selections }: Pick<Plan, 'selections'>): readonly string[] {
  const packages = selections.filter(({ title }) => title.startsWith('package '))
  return packages.flatMap(({ kept }) => kept.map(({ name }) => name)).toSorted()
}
