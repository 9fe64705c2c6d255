/** What a cluster says of its samples: the ConfigMap of the Cluster Samples Operator, and image streams, as files. */

/** `{ 'ruby:3.3-ubi9': 'registry.redhat.io/ubi9/ruby-33:latest' }` → `imagestreamtag-to-image` as `oc get -o yaml` prints it. */
export function samplesConfigMap(samples: Readonly<Record<string, string>>): string {
  return [
    'apiVersion: v1',
    'data:',
    ...Object.entries(samples).map(([name, image]) => `  ${name.replace(':', '_')}: ${image}`),
    'kind: ConfigMap',
    'metadata:',
    '  annotations:',
    '    samples.operator.openshift.io/version: 4.16.8',
    '  name: imagestreamtag-to-image',
    '  namespace: openshift-cluster-samples-operator',
    '',
  ].join('\n')
}

/** An image stream as `oc get -o json` prints it; an image without `/` is an alias of another tag. */
export function imageStream(name: string, tags: Readonly<Record<string, string>>): unknown {
  return {
    kind: 'ImageStream',
    apiVersion: 'image.openshift.io/v1',
    metadata: { name, namespace: 'openshift' },
    spec: {
      lookupPolicy: { local: false },
      tags: Object.entries(tags).map(([tag, image]) => ({
        name: tag,
        from: { kind: image.includes('/') ? 'DockerImage' : 'ImageStreamTag', name: image },
        referencePolicy: { type: 'Local' },
      })),
    },
  }
}
