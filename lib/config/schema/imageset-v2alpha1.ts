/**
 * The schema of `kind: ImageSetConfiguration`, apiVersion `mirror.openshift.io/v2alpha1`.
 *
 * It holds every key that oc-mirror v2 reads, and `packages[].bundles`, which only its product documentation has.
 * `docs/schema/imageset-v2alpha1.schema.json` is written from it (see write.ts).
 */
import type { JsonSchema } from './json-schema.ts'
import { flag, list, needed, object, text } from './parts.ts'

export const IMAGE_SET_API_VERSION = 'mirror.openshift.io/v2alpha1'

const minVersion = text('The lowest version to mirror.', '4.16.2')
const maxVersion = text('The highest version to mirror.', '4.16.8')
const platforms = list('Only these platforms of a multi-platform image; all when left out.', {
  $ref: '#/definitions/platform',
})
const targetTag = text('The tag at the destination, in quotes when it looks like a number.', 'v4.16')

const releaseChannel = object('One release channel.', {
  name: needed('The channel, each named once.', 'stable-4.16'),
  type: { type: 'string', enum: ['ocp', 'okd'], default: 'ocp', description: 'The product.' },
  minVersion,
  maxVersion,
  shortestPath: flag('Take only the releases on the shortest way from minVersion to maxVersion.'),
  full: flag('Take every release of the channel.'),
})

const platform = object('OpenShift releases.', {
  graph: flag('Mirror the update graph for the OpenShift Update Service.'),
  channels: list('Release channels.', releaseChannel),
  architectures: list('Architectures of the release payload; amd64 when left out.', {
    type: 'string',
    enum: ['amd64', 'arm64', 'ppc64le', 's390x', 'multi'],
  }),
  platforms,
  release: text('Exactly this release image, in place of channels.', 'quay.io/acme/release:4.16.8-x86_64'),
  kubeVirtContainer: flag('Mirror the machine image for KubeVirt as well.'),
})

const operatorChannel = object(
  'One channel of a package.',
  { name: needed('The channel.', 'stable'), minVersion, maxVersion },
  ['name'],
)

const operatorPackage = object(
  'One operator package.',
  {
    name: needed('The package.', 'web-terminal'),
    defaultChannel: text('The default channel in the mirrored catalog.', 'stable'),
    minVersion,
    maxVersion,
    channels: list('Only these channels; all when left out.', operatorChannel),
    bundles: list(
      'Only these bundles.',
      object('One bundle.', { name: needed('The bundle as the catalog names it.', 'web-terminal.v1.9.0') }, [
        'name',
      ]),
    ),
  },
  ['name'],
)

const operator = object(
  'One operator catalog.',
  {
    catalog: needed(
      'The catalog image with tag or digest, or oci:// and the folder of an OCI image layout.',
      'registry.redhat.io/redhat/redhat-operator-index:v4.16',
    ),
    packages: list('Only these packages; the whole catalog when left out.', operatorPackage),
    full: flag('Take every bundle, not only the head of each channel.'),
    skipDependencies: flag('Accepted for compatibility: dependencies are not resolved.'),
    targetCatalog: text('The repository path of the catalog at the destination.', 'my-namespace/my-catalog'),
    targetTag,
    targetCatalogSourceTemplate: text(
      'A file to make the CatalogSource from.',
      'templates/catalogsource.yaml',
    ),
    platforms,
  },
  ['catalog'],
)

const chart = object('One Helm chart.', {
  name: text('The chart.', 'podinfo'),
  version: text(
    'Its version, or a range of which the newest is taken; the newest of all when left out.',
    '5.0.0',
  ),
  path: text('The chart on disk: a folder or a .tgz file.', 'charts/podinfo-5.0.0.tgz'),
  imagePaths: list('More JSONPath expressions that find images in the rendered chart.', { type: 'string' }),
  platforms,
})

const helm = object('Images that Helm charts use.', {
  repositories: list(
    'Charts from repositories.',
    object('One chart repository.', {
      name: text('A name for it.', 'podinfo'),
      url: text(
        'The folder of its index.yaml (http, https, file), or oci:// and a path in a registry.',
        'https://charts.example.com/podinfo',
      ),
      charts: list('Only these charts; all versions of all charts when left out.', chart),
    }),
  ),
  local: list('Charts on disk.', chart),
})

const additionalImage = object(
  'One image.',
  {
    name: needed(
      'The image with tag or digest (latest when it has neither), or oci:// and the folder of an OCI image layout.',
      'registry.redhat.io/ubi9/ubi:latest',
    ),
    targetRepo: text('The repository path at the destination, in place of that of the source.', 'base/ubi'),
    targetTag,
    platforms,
  },
  ['name'],
)

const blockedImage: JsonSchema = {
  type: ['string', 'object'],
  description:
    'An image (with tag or digest only that one) as text, or an object whose name is a regular expression.',
  examples: ['docker.io/library/alpine'],
  minLength: 1,
  properties: {
    name: needed('A regular expression (RE2) found anywhere in source or destination.', 'aws|gcp'),
  },
  required: ['name'],
  additionalProperties: false,
}

export const IMAGE_SET_SCHEMA: JsonSchema = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  title: 'ImageSetConfiguration v2alpha1',
  ...object(
    'Which images a mirror should hold.',
    {
      apiVersion: text('The format of this file.', IMAGE_SET_API_VERSION),
      kind: { type: 'string', const: 'ImageSetConfiguration', description: 'What this file is.' },
      archiveSize: {
        type: 'integer',
        minimum: 0,
        default: 500,
        description: 'The most an archive volume may hold, in GiB; 0 means 500.',
      },
      mirror: object('What to mirror.', {
        platform,
        operators: list('Operator catalogs.', operator),
        additionalImages: list('Images named one by one.', additionalImage),
        helm,
        blockedImages: list('Images that are not mirrored whatever asks for them.', blockedImage),
        samples: list(
          'Sample image streams of the cluster.',
          object(
            'One sample.',
            { name: needed('The image stream, one tag of it (ruby:3.3-ubi9), or * for all.', 'ruby') },
            ['name'],
          ),
        ),
      }),
    },
    ['kind', 'mirror'],
  ),
  definitions: {
    platform: object(
      'A platform.',
      { os: needed('The operating system.', 'linux'), architecture: needed('The processor.', 'amd64') },
      ['os', 'architecture'],
    ),
  },
}
