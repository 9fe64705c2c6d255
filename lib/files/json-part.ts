/**
 * Parsed JSON -> typed values, one member at a time.
 *
 * A part knows its value and the way to it from the top of the file, so that a wrong one can be named
 * (`images[3].attachments[0].digest`) without every decoder carrying paths around.
 */
import { SyntaxFault } from '../errors.ts'
import { type Digest, isDigest } from '../oci/digest.ts'
import { isRecord } from '../oci/json.ts'
import { isRepositoryPath, isTag, type RepositoryPath, type Tag } from '../oci/reference.ts'

export class JsonPart {
  readonly value: unknown
  readonly #parent: JsonPart | undefined
  readonly #key: string | number

  constructor(value: unknown, parent?: JsonPart, key: string | number = '') {
    this.value = value
    this.#parent = parent
    this.#key = key
  }

  /** The way from the top: `changes[2].transfer.blobs[0]`; empty for the whole file. */
  get path(): string {
    const above = this.#parent?.path ?? ''
    if (typeof this.#key === 'number') return `${above}[${this.#key}]`
    return above === '' ? this.#key : `${above}.${this.#key}`
  }

  /** What to throw when the part is not what it should be: says where it is, what is wanted and what is there. */
  wrong(wanted: string): SyntaxFault {
    const there = this.value === undefined ? 'is missing' : `is ${excerpt(this.value)}`
    return new SyntaxFault(`${this.path || 'the file'} should be ${wanted}, but ${there}`)
  }

  /** A member of an object; a part with an undefined value when there is no such key. @throws SyntaxFault */
  field(key: string): JsonPart {
    if (!isRecord(this.value)) throw this.wrong('an object')
    return new JsonPart(Object.hasOwn(this.value, key) ? this.value[key] : undefined, this, key)
  }

  /** @throws SyntaxFault when it is no list. */
  list<T>(read: (entry: JsonPart) => T): readonly T[] {
    if (!Array.isArray(this.value)) throw this.wrong('a list')
    return this.value.map((entry, at) => read(new JsonPart(entry, this, at)))
  }

  /** Like `list`; a missing key, which is how an empty list is written, gives an empty one. */
  listOrEmpty<T>(read: (entry: JsonPart) => T): readonly T[] {
    return this.value === undefined ? [] : this.list(read)
  }

  text(): string {
    if (typeof this.value !== 'string') throw this.wrong('a text')
    return this.value
  }

  filledText(): string {
    if (typeof this.value !== 'string' || this.value === '') throw this.wrong('a text that is not empty')
    return this.value
  }

  /** A count or a number of bytes. */
  count(): number {
    if (typeof this.value !== 'number' || !Number.isSafeInteger(this.value) || this.value < 0)
      throw this.wrong('a whole number from 0')
    return this.value
  }

  flag(): boolean {
    if (typeof this.value !== 'boolean') throw this.wrong('true or false')
    return this.value
  }

  digest(): Digest {
    if (typeof this.value !== 'string' || !isDigest(this.value)) throw this.wrong('a sha256 or sha512 digest')
    return this.value
  }

  repository(): RepositoryPath {
    if (typeof this.value !== 'string' || !isRepositoryPath(this.value)) throw this.wrong('a repository path')
    return this.value
  }

  tag(): Tag {
    if (typeof this.value !== 'string' || !isTag(this.value)) throw this.wrong('a tag')
    return this.value
  }

  /** One of a closed set of words. */
  word<W extends string>(words: readonly W[]): W {
    const found = words.find(word => word === this.value)
    if (found === undefined) throw this.wrong(`one of ${words.join(', ')}`)
    return found
  }
}

/** Reads a list element that `JsonPart.list` hands over; these are the common ones. */
export const readDigest = (part: JsonPart): Digest => part.digest()
export const readText = (part: JsonPart): string => part.text()
export const readTag = (part: JsonPart): Tag => part.tag()

/** Enough of a wrong value to find it again, without printing a file into a message. */
function excerpt(value: unknown): string {
  const text = JSON.stringify(value)
  return text.length > 60 ? `${text.slice(0, 60)}…` : text
}
