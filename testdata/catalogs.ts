/**
 * Builders of operator catalogs as plain data: the documents of packages, channels and bundles, an image for every
 * reference they name, and the catalog image that holds them, as `opm` would build it. The same input gives the same
 * digests.
 */
import { type Built, buildImage, buildIndex, bytesFromSeed, type MediaTypes } from './images.ts'
import type { LayerFiles } from './layers.ts'

/** A package and all its bundles, in few words. */
export interface OperatorSketch {
  readonly name: string
  readonly defaultChannel?: string
  /** Entries by channel: `1.2.0 replaces 1.1.0 skips 1.1.1 skipRange <1.1.0`, without the name of the package. */
  readonly channels: Readonly<Record<string, readonly string[]>>
  /** Versions that are not what the bundle is called: `{ '2.2.0-rc1': '2.2.0-rc.1' }`. */
  readonly versions?: Readonly<Record<string, string>>
  readonly deprecated?: readonly DeprecationSketch[]
  /** Platforms of the operand images; default one image for linux/amd64. */
  readonly platforms?: readonly string[]
}

export interface DeprecationSketch {
  /** `package`, `channel fast`, `bundle 1.0.0` */
  readonly what: string
  readonly message: string
}

/** What a catalog says, and an image for each reference in it. */
export interface CatalogContent {
  /** Path below the root of the configs → text. */
  readonly files: Readonly<Record<string, string>>
  /** By reference, as the documents write it. */
  readonly images: ReadonlyMap<string, Built>
}

/** The catalog that the scenarios of the specification speak of (oc-mirror v2, filtering, demo catalog). */
export const DEMO_OPERATORS: readonly [OperatorSketch, OperatorSketch] = [
  {
    name: 'widget',
    defaultChannel: 'stable',
    channels: {
      stable: [
        '1.0.0',
        '1.1.0 replaces 1.0.0',
        '1.1.1',
        '1.2.0 replaces 1.1.0 skips 1.1.1',
        '2.0.0 replaces 1.2.0',
      ],
      fast: ['2.0.0', '2.1.0 replaces 2.0.0', '2.2.0-rc1 replaces 2.1.0'],
    },
    versions: { '2.2.0-rc1': '2.2.0-rc.1' },
  },
  {
    name: 'gadget',
    defaultChannel: 'alpha',
    channels: { alpha: ['0.1.0', '0.2.0 skips 0.1.0'] },
  },
]

/** Documents and images of these operators; one file for each package, `widget/catalog.json`. */
export function sketchCatalog(operators: readonly OperatorSketch[] = DEMO_OPERATORS): CatalogContent {
  const images = new Map<string, Built>()
  const files = operators.map(operator => {
    const documents = documentsOf(operator, images).map(document => JSON.stringify(document, undefined, 2))
    return [`${operator.name}/catalog.json`, `${documents.join('\n')}\n`] as const
  })
  return { files: Object.fromEntries(files), images }
}

/** The bundle image, the operator and a proxy that all operators share: `bundle`, `operator`, `proxy`. */
export function bundleReferences(operator: OperatorSketch, bundle: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(bundleImages(operator, bundle)).map(([name, [reference]]) => [name, reference]),
  )
}

function bundleImages(
  { name, platforms }: OperatorSketch,
  bundle: string,
): Readonly<Record<string, readonly [reference: string, image: Built]>> {
  const image = buildOperand(`${name} ${bundle}`)
  const operand = buildOperand(`${name} operator ${bundle}`, platforms)
  const proxy = buildOperand('proxy', platforms)
  return {
    bundle: [`registry.example.com/acme/${name}-bundle@${image.manifest.digest}`, image],
    operator: [`registry.example.com/acme/${name}@${operand.manifest.digest}`, operand],
    proxy: [`quay.io/acme/proxy:1.2@${proxy.manifest.digest}`, proxy],
  }
}

/** A small image with a layer that all operands share and one of its own. */
export function buildOperand(seed: string, platforms: readonly string[] = []): Built {
  const layers = [bytesFromSeed('base of all operands', 2000), bytesFromSeed(`operand ${seed}`, 400)]
  if (platforms.length === 0) return buildImage({ layers, mediaTypes: 'docker' })
  const children = platforms.map(text => {
    const [os = '', architecture = ''] = text.split('/')
    const own = bytesFromSeed(`operand ${seed} ${text}`, 400)
    return buildImage({ layers: [...layers, own], platform: { os, architecture }, mediaTypes: 'docker' })
  })
  return buildIndex(children, { mediaTypes: 'docker' })
}

function documentsOf(operator: OperatorSketch, images: Map<string, Built>): readonly object[] {
  const { name, defaultChannel, channels, deprecated = [] } = operator
  const entries = Object.values(channels).flat()
  const versions = [...new Set(entries.map(entry => entry.split(' ')[0] ?? ''))]
  return [
    {
      schema: 'olm.package',
      name,
      ...(defaultChannel !== undefined && { defaultChannel }),
      description: `What ${name} is for.`,
      icon: { base64data: 'PHN2Zy8+', mediatype: 'image/svg+xml' },
    },
    ...Object.entries(channels).map(([channel, each]) => ({
      schema: 'olm.channel',
      package: name,
      name: channel,
      entries: each.map(text => entryDocument(name, text)),
    })),
    ...versions.map(version => bundleDocument(operator, version, images)),
    ...(deprecated.length === 0
      ? []
      : [
          {
            schema: 'olm.deprecations',
            package: name,
            entries: deprecated.map(each => deprecation(name, each)),
          },
        ]),
  ]
}

function entryDocument(name: string, text: string): object {
  const [version = '', ...words] = text.split(' ')
  const entry: Record<string, unknown> = { name: `${name}.v${version}` }
  const skips: string[] = []
  for (let at = 0; at + 1 < words.length; at += 2) {
    const value = words[at + 1] ?? ''
    if (words[at] === 'replaces') entry.replaces = `${name}.v${value}`
    else if (words[at] === 'skips') skips.push(...value.split(',').map(each => `${name}.v${each}`))
    else entry.skipRange = value
  }
  return skips.length === 0 ? entry : { ...entry, skips }
}

function bundleDocument(operator: OperatorSketch, bundle: string, images: Map<string, Built>): object {
  const { name, versions = {} } = operator
  const related = Object.entries(bundleImages(operator, bundle))
  for (const [, [reference, image]] of related) images.set(reference, image)
  return {
    schema: 'olm.bundle',
    name: `${name}.v${bundle}`,
    package: name,
    image: related[0]?.[1][0],
    properties: [
      { type: 'olm.package', value: { packageName: name, version: versions[bundle] ?? bundle } },
      { type: 'olm.gvk', value: { group: 'acme.example', kind: 'Widget', version: 'v1' } },
      {
        type: 'olm.csv.metadata',
        value: { displayName: `The ${name}` },
      },
    ],
    relatedImages: related.map(([role, [image]]) => ({ name: role === 'bundle' ? '' : role, image })),
  }
}

function deprecation(name: string, { what, message }: DeprecationSketch): object {
  const [kind = '', which] = what.split(' ')
  const reference = {
    schema: `olm.${kind}`,
    ...(which && { name: kind === 'bundle' ? `${name}.v${which}` : which }),
  }
  return { reference, message }
}

export interface CatalogImageOptions {
  /** Where in the image the files are, as its label says; default `/configs`. Empty: no label. */
  readonly label?: string
  /** Layers between the program and the documents; what they hold of them is hidden by the documents' own. */
  readonly below?: readonly LayerFiles[]
  /** Layers on top: more documents, whiteouts. */
  readonly above?: readonly LayerFiles[]
  readonly mediaTypes?: MediaTypes
  /** `linux/amd64`, …: an index of one image for each. Without it a single image for linux/amd64. */
  readonly platforms?: readonly string[]
  /** Its own served form is in the image, and the command says where, as `opm generate dockerfile` writes it. */
  readonly served?: boolean
}

export const CONFIGS_LABEL = 'operators.operatorframework.io.index.configs.v1'

/** The image of a catalog: a program, its documents, and what it is served from. */
export function buildCatalogImage(
  files: Readonly<Record<string, string | Uint8Array>>,
  options: CatalogImageOptions = {},
): Built {
  const { label = '/configs', below = [], above = [], mediaTypes = 'oci', served = true } = options
  const root = (label || '/configs').replace(/^\/+|\/+$/g, '')
  const documents = Object.entries(files).map(([path, text]) => [`${root}/${path}`, text] as const)
  const image = (text: string): Built => {
    const [os = '', architecture = ''] = text.split('/')
    return buildImage({
      layers: [
        { 'bin/opm': bytesFromSeed(`opm ${text}`, 3000) },
        ...below,
        Object.fromEntries(documents),
        ...(served ? [{ 'tmp/cache/pogreb.v1/digest': 'of the files before\n' }] : []),
        ...above,
      ],
      platform: { os, architecture },
      mediaTypes,
      config: {
        Entrypoint: ['/bin/opm'],
        Cmd: ['serve', `/${root}`, ...(served ? ['--cache-dir=/tmp/cache'] : [])],
        ...(label !== '' && { Labels: { [CONFIGS_LABEL]: label } }),
      },
    })
  }
  if (options.platforms === undefined) return image('linux/amd64')
  return buildIndex(options.platforms.map(image), { mediaTypes })
}
