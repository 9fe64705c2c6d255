/**
 * The right side of a mapping: `mirror.example:5000/a/b:v1`, or without a tag, which is then that of the source.
 *
 * Its host has to be written: what other tools take for an image of Docker Hub (`myhost/a/b`) was meant otherwise.
 */
import { SyntaxFault } from '../../errors.ts'
import { parseReference, type Reference } from '../../oci/reference.ts'
import { FILES, type MappingDestination } from './mapping.ts'

/** @throws SyntaxFault */
export function parseMappingDestination(text: string): MappingDestination {
  if (text.startsWith('oci://'))
    throw new SyntaxFault(`"${text}" is a folder of one image`, {
      hint: 'write file://REPOSITORY:TAG, and name the folder with --to oci://DIR',
    })
  if (text.startsWith(FILES)) return fileDestination(text)
  if (text.startsWith('s3://'))
    throw new SyntaxFault(`"${text}" is in S3, where mirrorform does not write`, {
      hint: 'write an archive, --to file://DIR --for docker://HOST, and copy its volumes there',
    })
  const bare = text.replace(/^docker:\/\//, '')
  const slash = bare.indexOf('/')
  const first = slash < 0 ? bare : bare.slice(0, slash)
  if (slash < 0 || bare.endsWith('/'))
    throw new SyntaxFault(`"${text}" names no repository at a registry`, { hint: 'write HOST/path:tag' })
  if (!/[.:A-Z]/.test(first) && first !== 'localhost')
    throw new SyntaxFault(`"${text}" names no registry: "${first}" has neither a dot nor a port`, {
      hint: `write the port too, ${first}:5000/…, or docker.io/${bare} where Docker Hub is meant`,
    })
  if (bare.includes('*'))
    throw new SyntaxFault(`"${text}" has a wildcard`, { hint: 'leave the tag out: it is that of the source' })
  return taggedDestination(text, parseReference(bare))
}

/** `file://a/b:v1` and `file:///a/b:v1`; a host is no part of it. */
function fileDestination(text: string): MappingDestination {
  const bare = text.slice(FILES.length).replace(/^\//, '')
  return { ...taggedDestination(text, parseReference(`localhost/${bare}`)), host: FILES }
}

function taggedDestination(text: string, { host, path, tag, digest }: Reference): MappingDestination {
  if (digest !== undefined)
    throw new SyntaxFault(`"${text}" has a digest, and the content has its own`, {
      hint: 'write a tag, or none: an image by digest is then tagged sha256-…',
    })
  return { host, path, ...(tag !== undefined && { tag }) }
}
