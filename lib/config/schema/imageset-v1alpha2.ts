/**
 * The schema of `kind: ImageSetConfiguration`, apiVersion `mirror.openshift.io/v1alpha2`: every key that oc-mirror v1
 * reads. Other than in v2alpha1 the case of keys is of no importance; the file is brought to the case of this schema before
 * it is checked (`v1/known-keys.ts`).
 *
 * `docs/schema/imageset-v1alpha2.schema.json` is written from it (see write.ts).
 */
import type { JsonSchema } from './json-schema.ts'
import { flag, list, needed, object, text } from './parts.ts'

export const V1_API_VERSION = 'mirror.openshift.io/v1alpha2'

const minVersion = text('The lowest version to mirror.', '4.12.2')
const maxVersion = text('The highest version to mirror.', '4.12.8')
const minBundle = text('The lowest bundle to mirror, by its name.', 'web-terminal.v1.9.0')

const storageConfig = object('Where oc-mirror v1 keeps what earlier runs have mirrored.', {
  local: object('A folder.', { path: text('The folder.', './metadata') }),
  registry: object('An image.', {
    imageURL: text('The image; latest when it has no tag.', 'registry.example:5000/metadata:latest'),
    skipTLS: flag('Reach its registry without checking certificates, or over plain http.'),
  }),
})

const releaseChannel = object('One release channel.', {
  name: needed('The channel, each named once.', 'stable-4.12'),
  type: text('The product, ocp or okd; oc-mirror v1 takes everything else for ocp.', 'ocp'),
  minVersion,
  maxVersion,
  shortestPath: flag('Take only the releases on the shortest way from minVersion to maxVersion.'),
  full: flag('Take every release of the channel.'),
})

const platform = object('OpenShift releases.', {
  graph: flag('Mirror the update graph for the OpenShift Update Service.'),
  architectures: list('Architectures of the release payload; amd64 when left out.', {
    type: 'string',
    enum: ['amd64', 'arm64', 'ppc64le', 's390x', 'multi'],
  }),
  channels: list('Release channels.', releaseChannel),
})

const operatorChannel = object(
  'One channel of a package.',
  { name: needed('The channel.', 'stable'), minVersion, maxVersion, minBundle },
  ['name'],
)

const operatorPackage = object(
  'One operator package.',
  {
    name: needed('The package.', 'web-terminal'),
    defaultChannel: text('The default channel in the mirrored catalog.', 'stable'),
    minVersion,
    maxVersion,
    minBundle,
    channels: list('Only these channels; all when left out.', operatorChannel),
  },
  ['name'],
)

const operator = object(
  'One operator catalog.',
  {
    catalog: needed(
      'The catalog image, or oci:// and the folder of an OCI image layout.',
      'registry.redhat.io/redhat/redhat-operator-index:v4.12',
    ),
    packages: list('Only these packages; the whole catalog when left out.', operatorPackage),
    full: flag('Take every bundle, not only the head of each channel.'),
    skipDependencies: flag('Leave out the packages that the chosen ones need.'),
    targetCatalog: text('The repository path of the catalog at the destination.', 'my-namespace/my-catalog'),
    targetName: text('The last name of the catalog at the destination.', 'my-catalog'),
    targetTag: text('The tag at the destination, in quotes when it looks like a number.', 'v4.12'),
    originalRef: text(
      'Accepted and without effect.',
      'registry.redhat.io/redhat/redhat-operator-index:v4.12',
    ),
  },
  ['catalog'],
)

const chart = object('One Helm chart.', {
  name: text('The chart.', 'podinfo'),
  version: text('Its version.', '5.0.0'),
  path: text('The chart on disk: a folder or a .tgz file.', 'charts/podinfo-5.0.0.tgz'),
  imagePaths: list('More JSONPath expressions that find images in the rendered chart.', { type: 'string' }),
})

const helm = object('Images that Helm charts use.', {
  repositories: list(
    'Charts from repositories.',
    object('One chart repository.', {
      name: text('A name for it.', 'podinfo'),
      url: text('Its address.', 'https://charts.example.com/podinfo'),
      charts: list('Only these charts; all versions of all charts when left out.', chart),
    }),
  ),
  local: list('Charts on disk.', chart),
})

export const V1_IMAGE_SET_SCHEMA: JsonSchema = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  title: 'ImageSetConfiguration v1alpha2',
  ...object(
    'Which images a mirror should hold, as oc-mirror v1 reads it.',
    {
      apiVersion: text('The format of this file.', V1_API_VERSION),
      kind: { type: 'string', const: 'ImageSetConfiguration', description: 'What this file is.' },
      archiveSize: {
        type: 'integer',
        minimum: 0,
        default: 500,
        description: 'The most an archive volume may hold, in GiB; 0 means 500.',
      },
      storageConfig,
      mirror: object('What to mirror.', {
        platform,
        operators: list('Operator catalogs.', operator),
        additionalImages: list(
          'Images named one by one.',
          object('One image.', { name: needed('The image.', 'registry.redhat.io/ubi8/ubi:latest') }, [
            'name',
          ]),
        ),
        helm,
        blockedImages: list(
          'Images that are not mirrored whatever asks for them.',
          object(
            'One rule.',
            { name: needed('A regular expression (RE2) found anywhere in the source.', 'alpine') },
            ['name'],
          ),
        ),
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
    ['apiVersion', 'kind'],
  ),
}
