/** Whether a rule of `mirror.blockedImages` keeps an image out. */
import { RE2JS } from 're2js'
import type { BlockRule } from '../../config/index.ts'
import { SyntaxFault } from '../../errors.ts'
import { parseReference, type Reference } from '../../oci/reference.ts'

const compiled = new WeakMap<BlockRule, RE2JS>()

/**
 * The first rule that blocks an image.
 *
 * A pattern is looked for anywhere in source or destination, both without `scheme://` (oc-mirror v2). A reference
 * blocks the images of its repository at the source, and only those with its tag and its digest where it has them. A
 * pattern of oc-mirror v1 is looked for in the source alone.
 *
 * @param source canonical: `docker.io/library/alpine:3.20`
 * @param destination `host/repository:tag`
 */
export function isBlocked(
  rules: readonly BlockRule[],
  source: string,
  destination: string,
): BlockRule | undefined {
  const texts = [source, destination].map(text => text.replace(/^[a-z0-9+.-]+:\/\//i, ''))
  return rules.find(rule => blocks(rule, source, texts))
}

function blocks(rule: BlockRule, source: string, texts: readonly string[]): boolean {
  switch (rule.kind) {
    case 'pattern':
      return texts.some(text => patternOf(rule).matcher(text).find())
    case 'sourcePattern':
      return patternOf(rule)
        .matcher(exact(texts[0] ?? ''))
        .find()
    case 'reference':
      return names(rule.reference, source)
  }
}

function patternOf(rule: Exclude<BlockRule, { kind: 'reference' }>): RE2JS {
  const known = compiled.get(rule)
  if (known !== undefined) return known
  const pattern = RE2JS.compile(rule.pattern)
  compiled.set(rule, pattern)
  return pattern
}

/** With a digest without its tag, as oc-mirror v1 writes a source. */
function exact(source: string): string {
  return source.replace(/:[^:@/]+(?=@)/, '')
}

function names(blocked: Reference, source: string): boolean {
  let image: Reference
  try {
    image = parseReference(source)
  } catch (error) {
    if (error instanceof SyntaxFault) return false
    throw error
  }
  return (
    image.host === blocked.host &&
    image.path === blocked.path &&
    (blocked.tag === undefined || blocked.tag === image.tag) &&
    (blocked.digest === undefined || blocked.digest === image.digest)
  )
}
