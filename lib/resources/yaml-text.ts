/**
 * Plain data -> YAML as `oc get -o yaml` writes it: members in alphabetical order, lists at the indent of their member,
 * nothing folded. The same data always gives the same bytes.
 */
import { stringify } from 'yaml'

/** Ends with a line feed. Words that YAML 1.1 (Kubernetes) would take for something else are quoted. */
export function yamlText(value: unknown): string {
  return stringify(value, {
    schema: 'yaml-1.1',
    sortMapEntries: true,
    indentSeq: false,
    lineWidth: 0,
    aliasDuplicateObjects: false,
  })
}

/** Several documents in one file, each begun by `---`, below a comment. */
export function yamlDocuments(comment: string, values: readonly unknown[]): string {
  return comment + values.map(value => `---\n${yamlText(value)}`).join('')
}
