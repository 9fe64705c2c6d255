/**
 * Which tags of a repository a list asks for: regular expressions (RE2) and ranges of versions, for and against.
 *
 * `skopeo sync` finds an expression anywhere in a tag, regsync wants it to be the whole tag. Ranges are those of
 * Masterminds/semver, which both use: `,` is "and", `||` is "or", a tag that is no version is in no range.
 */
import { RE2JS } from 're2js'
import { parse, satisfies, validRange } from 'semver'
import { messageOf, SyntaxFault } from '../../errors.ts'
import { isTag, type Tag } from '../../oci/reference.ts'

export type TagRule =
  | { readonly kind: 'pattern'; readonly text: string; readonly whole: boolean }
  | { readonly kind: 'range'; readonly text: string }

export interface TagSet {
  /** Empty means all. */
  readonly allow: readonly TagRule[]
  readonly deny: readonly TagRule[]
}

/** A tag is chosen when one of the sets takes it. */
export type TagChoice = readonly TagSet[]

export const ALL_TAGS: TagChoice = [{ allow: [], deny: [] }]

/** Tags that belong to another manifest: signatures and referrers, which travel with their image. */
const ATTACHED = /^sha(?:256-[0-9a-f]{64}|512-[0-9a-f]{64,128})(?:\.\w+)?$/
const NOT_EQUAL = /!=\s*([^\s,|]+)/g

/** @throws SyntaxFault */
export function checkTagRule(rule: TagRule): TagRule {
  switch (rule.kind) {
    case 'pattern':
      try {
        RE2JS.compile(rule.text)
        return rule
      } catch (cause) {
        throw new SyntaxFault(`"${rule.text}" is not a regular expression: ${messageOf(cause)}`, {
          cause,
          hint: 'RE2 syntax: no look-around and no back-references',
        })
      }
    case 'range':
      if (partsOf(rule.text).every(({ range }) => validRange(range, { loose: true }) !== null)) return rule
      throw new SyntaxFault(`"${rule.text}" is not a range of versions`, {
        hint: 'write for instance ">= 3.12, < 4"',
      })
    default:
      return rule satisfies never
  }
}

/** Those of the tags that are asked for, in their order; tags of signatures never. */
export function chosenTags(choice: TagChoice, tags: readonly Tag[]): readonly Tag[] {
  const tests = choice.map(({ allow, deny }) => ({ allow: allow.map(testOf), deny: deny.map(testOf) }))
  return tags.filter(
    tag =>
      !ATTACHED.test(tag) &&
      tests.some(
        ({ allow, deny }) =>
          (allow.length === 0 || allow.some(test => test(tag))) && !deny.some(test => test(tag)),
      ),
  )
}

/**
 * The tags, when no registry has to be asked: every expression is one tag written out (`1.25`, `^v1\.0$`). A bare dot
 * counts as a dot there.
 */
export function writtenTags(choice: TagChoice): readonly Tag[] | undefined {
  const tags = new Set<Tag>()
  for (const { allow, deny } of choice) {
    const written = allow.map(literalOf)
    if (written.length === 0) return undefined
    for (const tag of written) {
      if (tag === undefined) return undefined
      if (chosenTags([{ allow: [], deny }], [tag]).length > 0) tags.add(tag)
    }
  }
  return [...tags]
}

/** `all tags`, `tags that match ^1\.13, but not .*-rc.*` */
export function describeChoice(choice: TagChoice): string {
  return choice.map(describeSet).join('; or ')
}

function describeSet({ allow, deny }: TagSet): string {
  const wanted = allow.length === 0 ? 'all tags' : `tags ${allow.map(describeRule).join(' or ')}`
  return deny.length === 0 ? wanted : `${wanted}, but none ${deny.map(describeRule).join(' or ')}`
}

function describeRule({ kind, text }: TagRule): string {
  return kind === 'pattern' ? `that match ${text}` : `in ${text}`
}

function literalOf(rule: TagRule): Tag | undefined {
  if (rule.kind === 'range') return undefined
  const anchored = /^\^(.*)\$$/.exec(rule.text)?.[1]
  const bare = anchored ?? (rule.whole ? rule.text : undefined)
  const tag = bare?.replaceAll('\\.', '.')
  return tag !== undefined && isTag(tag) ? tag : undefined
}

function testOf(rule: TagRule): (tag: Tag) => boolean {
  switch (rule.kind) {
    case 'pattern': {
      const pattern = RE2JS.compile(rule.text)
      return rule.whole ? tag => pattern.matcher(tag).matches() : tag => pattern.matcher(tag).find()
    }
    case 'range': {
      const parts = partsOf(rule.text)
      return tag => parts.some(part => isInRange(tag, part))
    }
    default:
      return rule satisfies never
  }
}

interface RangePart {
  readonly range: string
  /** Versions that `!=` names. */
  readonly except: readonly string[]
  readonly takesPrereleases: boolean
}

function partsOf(text: string): readonly RangePart[] {
  return text.split('||').map(part => ({
    except: [...part.matchAll(NOT_EQUAL)].map(([, version = '']) => version),
    range: part.replace(NOT_EQUAL, ' ').replaceAll(',', ' ').replaceAll('=>', '>=').replaceAll('=<', '<='),
    takesPrereleases: /\d-[0-9A-Za-z]/.test(part),
  }))
}

function isInRange(tag: string, { range, except, takesPrereleases }: RangePart): boolean {
  const version = versionOf(tag)
  if (version === undefined) return false
  const fits = satisfies(version, range, { loose: true, includePrerelease: takesPrereleases })
  return fits && !except.some(each => versionOf(each) === version)
}

/** `v1.2` → `1.2.0` */
function versionOf(text: string): string | undefined {
  const [, major, minor = '0', patch = '0', rest = ''] =
    /^v?(\d+)(?:\.(\d+))?(?:\.(\d+))?(-[0-9A-Za-z.-]+)?$/.exec(text) ?? []
  if (major === undefined) return undefined
  return parse(`${major}.${minor}.${patch}${rest}`, { loose: true })?.version
}
