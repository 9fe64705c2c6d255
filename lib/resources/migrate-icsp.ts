/**
 * ImageContentSourcePolicy -> ImageDigestMirrorSet (`oc adm migrate icsp`): the same name, labels and entries under the kind
 * that clusters since 4.13 prefer.
 */
import { type MirrorPolicy, readMirrorPolicies, type SourceFile } from '../config/index.ts'
import { stringMap } from '../oci/json.ts'
import type { ClusterObject } from './resource.ts'
import { yamlText } from './yaml-text.ts'

export interface MigratedFile {
  /** `imagedigestmirrorset_image-0.yaml` */
  readonly name: string
  readonly text: string
}

/**
 * One file for each policy, in their order; policies of one name are told apart by a number.
 *
 * @throws ConfigError with the place: no YAML, no policy, a name or an entry that cannot be
 */
export function migratePolicies(files: readonly SourceFile[]): readonly MigratedFile[] {
  const taken = new Set<string>()
  return files.flatMap(file =>
    readMirrorPolicies(file, 'ImageContentSourcePolicy', { names: true }).map(policy => {
      const name = fileName(policy.name ?? '', taken)
      taken.add(name)
      return { name, text: yamlText(mirrorSetOf(policy)) }
    }),
  )
}

function fileName(policy: string, taken: ReadonlySet<string>, count = 1): string {
  const name = `imagedigestmirrorset_${policy}${count === 1 ? '' : `.${count}`}.yaml`
  return taken.has(name) ? fileName(policy, taken, count + 1) : name
}

function mirrorSetOf({ name = '', labels, rules }: MirrorPolicy): ClusterObject {
  const given = stringMap(labels)
  return {
    apiVersion: 'config.openshift.io/v1',
    kind: 'ImageDigestMirrorSet',
    metadata: { name, ...(given && { labels: given }) },
    spec: { imageDigestMirrors: rules.map(({ source, mirrors }) => ({ mirrors, source })) },
  }
}
