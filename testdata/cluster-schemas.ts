/**
 * What the APIs of a cluster accept, as far as our objects go: JSON schemas written after the published definitions of
 * config.openshift.io/v1, operator.openshift.io/v1alpha1, operators.coreos.com/v1alpha1, olm.operatorframework.io/v1 and
 * updateservice.operator.openshift.io/v1. Members that these do not know are refused, because a cluster drops them.
 */
import { Ajv } from 'ajv'

type Schema = Readonly<Record<string, unknown>>

const text = { type: 'string' } as const
const filled = { type: 'string', minLength: 1 } as const

function object(properties: Schema, required: readonly string[] = []): Schema {
  return { type: 'object', properties, required, additionalProperties: false }
}

function mapOf(value: Schema): Schema {
  return { type: 'object', additionalProperties: value }
}

const LABEL = '[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?'
const HOST = `${LABEL}(?:\\.${LABEL})*(?::[0-9]+)?`
const PART = '[a-z0-9]+(?:(?:[._]|__|-*)[a-z0-9]+)*'
const REPOSITORY = `${HOST}(?:/${PART})*`
/** RFC 1123: parts of lower-case letters, digits and dashes, joined by dots. */
const SUBDOMAIN = '[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*'

const annotations = mapOf(text)
const labels = mapOf({
  type: 'string',
  maxLength: 63,
  pattern: '^(?:[A-Za-z0-9](?:[A-Za-z0-9_.-]*[A-Za-z0-9])?)?$',
})
const name = { type: 'string', maxLength: 253, pattern: `^${SUBDOMAIN}$` }
const clusterWide = object({ name, labels, annotations }, ['name'])
const namespaced = object(
  { name, namespace: { type: 'string', maxLength: 63, pattern: '^[a-z0-9-]+$' }, labels, annotations },
  ['name', 'namespace'],
)

const source = { type: 'string', pattern: `^(?:\\*(?:\\.${LABEL})+|${REPOSITORY})$` }
const mirrors = { type: 'array', uniqueItems: true, items: { type: 'string', pattern: `^${REPOSITORY}$` } }
const mirrorSourcePolicy = { enum: ['NeverContactSource', 'AllowContactingSource'] }
const mirrorList = { type: 'array', items: object({ source, mirrors, mirrorSourcePolicy }, ['source']) }
const empty = object({})

const CATALOG_SOURCE_SPEC = object(
  {
    sourceType: { enum: ['grpc', 'internal', 'configmap'] },
    image: filled,
    address: text,
    configMap: text,
    displayName: text,
    description: text,
    publisher: text,
    priority: { type: 'integer' },
    secrets: { type: 'array', items: text },
    runAsRoot: { type: 'boolean' },
    icon: object({ base64data: text, mediatype: text }, ['base64data', 'mediatype']),
    updateStrategy: object({ registryPoll: object({ interval: text }) }),
    grpcPodConfig: { type: 'object' },
  },
  ['sourceType'],
)

/** By `apiVersion kind`. */
const KINDS: Readonly<Record<string, Schema>> = {
  'config.openshift.io/v1 ImageDigestMirrorSet': kind(clusterWide, {
    spec: object({ imageDigestMirrors: mirrorList }),
    status: empty,
  }),
  'config.openshift.io/v1 ImageTagMirrorSet': kind(clusterWide, {
    spec: object({ imageTagMirrors: mirrorList }),
    status: empty,
  }),
  'operator.openshift.io/v1alpha1 ImageContentSourcePolicy': kind(clusterWide, {
    spec: object({
      repositoryDigestMirrors: {
        type: 'array',
        items: object({ source: text, mirrors: { type: 'array', items: text } }, ['source']),
      },
    }),
  }),
  'operators.coreos.com/v1alpha1 CatalogSource': kind(namespaced, {
    spec: CATALOG_SOURCE_SPEC,
    status: empty,
  }),
  'olm.operatorframework.io/v1 ClusterCatalog': kind(clusterWide, {
    spec: object(
      {
        priority: { type: 'integer', minimum: -2147483648, maximum: 2147483647 },
        availabilityMode: { enum: ['Available', 'Unavailable'] },
        source: object(
          {
            type: { const: 'Image' },
            image: object(
              {
                ref: {
                  type: 'string',
                  maxLength: 1000,
                  pattern: `^${REPOSITORY}(?::[\\w][\\w.-]{0,127}|@sha256:[0-9a-f]{64})$`,
                },
                pollIntervalMinutes: { type: 'integer', minimum: 1 },
              },
              ['ref'],
            ),
          },
          ['type', 'image'],
        ),
      },
      ['source'],
    ),
    status: empty,
  }),
  'updateservice.operator.openshift.io/v1 UpdateService': kind(
    object({ name, namespace: text, labels, annotations }, ['name']),
    {
      spec: object({ replicas: { type: 'integer', minimum: 1 }, releases: filled, graphDataImage: filled }, [
        'replicas',
        'releases',
        'graphDataImage',
      ]),
      status: empty,
    },
  ),
  'v1 ConfigMap': {
    ...object(
      {
        apiVersion: text,
        kind: text,
        metadata: namespaced,
        binaryData: {
          type: 'object',
          propertyNames: { maxLength: 253, pattern: '^[A-Za-z0-9._-]+$' },
          additionalProperties: {
            type: 'string',
            pattern: '^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$',
          },
        },
      },
      ['metadata'],
    ),
  },
}

function kind(metadata: Schema, rest: Schema): Schema {
  return object({ apiVersion: text, kind: text, metadata, ...rest }, ['metadata', 'spec'])
}

const ajv = new Ajv({ allErrors: true, strictTypes: false })
const checks = new Map(Object.entries(KINDS).map(([key, schema]) => [key, ajv.compile(schema)]))

/** What a cluster would say against the object; empty when it takes it. */
export function clusterFaults(object: {
  readonly apiVersion: string
  readonly kind: string
}): readonly string[] {
  const check = checks.get(`${object.apiVersion} ${object.kind}`)
  if (check === undefined) return [`no schema for ${object.apiVersion} ${object.kind}`]
  return check(object)
    ? []
    : (check.errors ?? []).map(
        ({ instancePath, message, params }) => `${instancePath} ${message} ${JSON.stringify(params)}`,
      )
}
