/**
 * The image of a sample → where the Cluster Samples Operator looks for it below its `samplesRegistry`. It rewrites texts, and
 * a mirror of samples has to be where those texts lead (openshift/cluster-samples-operator, image streams).
 */
import { SyntaxFault } from '../../errors.ts'
import {
  inheritedTag,
  parseReference,
  parseRepositoryPath,
  type Reference,
  type RepositoryPath,
  type Tag,
  withDefaultTag,
} from '../../oci/reference.ts'

export interface SamplePlace {
  readonly reference: Reference
  /** Below the samples registry. */
  readonly repository: RepositoryPath
  readonly tag: Tag
}

/**
 * `registry.redhat.io/ubi9/ruby-33:latest` → `ubi9/ruby-33:latest`; a name with more or fewer than two slashes keeps its
 * host: `quay.io/a/b/c:1` → `quay.io/a/b/c:1`.
 *
 * @throws SyntaxFault for what is no reference, or whose host cannot be part of a path
 */
export function placeSample(image: string): SamplePlace {
  const reference = parseReference(image)
  const name = image.replace(/@.*$/, '').replace(/:[^/:]*$/, '')
  const [host = '', ...path] = name.split('/')
  const kept = path.length === 2 ? path.join('/') : name
  if (path.length !== 2 && host.includes(':'))
    throw new SyntaxFault(
      `the operator would look for "${image}" below a path with ":", which no registry has`,
    )
  return {
    reference: withDefaultTag(reference),
    repository: parseRepositoryPath(kept),
    tag: inheritedTag(reference),
  }
}
