/** Reads input files for the commands, and says what to do when one cannot be read. */
import { isUtf8 } from 'node:buffer'
import { readFile } from 'node:fs/promises'
import { messageOf, UsageError } from '../../lib/errors.ts'

type Noun =
  | 'image set'
  | 'configuration'
  | 'plan'
  | 'plan or state'
  | 'public key'
  | 'template'
  | 'list of mirrors'
  | 'samples'
  | 'certificate'
  | 'private key'
  | 'key'
  | 'receipt'
  | 'shopping list'
  | 'mapping'
  | 'list of images'
  | 'list of deletes'

/** @throws UsageError naming the file */
export async function readText(path: string, noun: Noun): Promise<string> {
  const bytes = await readFile(path).catch((cause: unknown) => {
    const [reason, hint] = explain(cause, path, noun)
    throw new UsageError(`cannot read ${noun} ${path}: ${reason}`, { cause, hint })
  })
  if (isUtf8(bytes)) return bytes.toString('utf8')
  throw new UsageError(`cannot read ${noun} ${path}: it is not UTF-8 text`, {
    hint: 'check that it is the right file; an editor may have saved it in another encoding',
  })
}

function explain(cause: unknown, path: string, noun: Noun): readonly [reason: string, hint: string] {
  switch (cause instanceof Error && 'code' in cause ? cause.code : undefined) {
    case 'ENOENT':
    case 'ENOTDIR':
      return ['there is no such file', hintWhenMissing(noun)]
    case 'EACCES':
    case 'EPERM':
      return ['permission denied', `see whose it is: ls -l ${path}`]
    case 'EISDIR':
      return ['it is a folder', 'name a file in it']
    default:
      return [messageOf(cause), 'check the disk and the path']
  }
}

function hintWhenMissing(noun: Noun): string {
  switch (noun) {
    case 'image set':
    case 'configuration':
      return 'check the path, or write a first one with `mirrorform init`'
    case 'plan':
    case 'plan or state':
      return 'check the path; plans are written by `mirrorform plan -o FILE`, states by `mirrorform apply`'
    case 'template':
      return 'targetCatalogSourceTemplate names it, from the folder of the image set; check the path'
    case 'samples':
      return '--samples-from names it; check the path'
    case 'certificate':
      return '--samples-ca names it; check the path'
    case 'list of mirrors':
      return 'check the path; --idms-file, --icsp-file and `adm migrate icsp` name such files'
    case 'public key':
      return 'OCP_SIGNATURE_VERIFICATION_PK names it; check the path'
    case 'private key':
      return '--sign-key names it; make one with: openssl genpkey -algorithm ed25519 -out KEY.pem'
    case 'key':
      return '--verify-key names it: the public half of the key that signed'
    case 'receipt':
      return 'check the path; receipts are written by `mirrorform apply` on the far side, beside the state'
    case 'shopping list':
      return 'check the path; `mirrorform plan --from file://DIR --shopping-list FILE` writes it on the far side'
    case 'mapping':
      return 'check the path; it holds lines SRC=DST, and - is stdin'
    case 'list of images':
      return 'check the path; it is the file that skopeo sync, regsync or hauler reads, or a list of references'
    case 'list of deletes':
      return 'check the path; `mirrorform delete --generate` writes it to WORKSPACE/working-dir/delete'
    default:
      return noun satisfies never
  }
}
