/**
 * OpenPGP's ASCII armor (RFC 9580, 6.2) → the bytes inside. More forgiving than the openpgp package, because keys are
 * published without the empty line after the header, and with explanations before and between the blocks.
 */

const LINE_WITH_HEADER = /^[A-Za-z][A-Za-z-]*: /
const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/

/** The blocks of one type in a text, in order; undefined stands for a block that is not base64 or does not end. */
export function readArmor(
  text: string,
  type: 'MESSAGE' | 'PUBLIC KEY BLOCK',
): readonly (Uint8Array | undefined)[] {
  const begin = `-----BEGIN PGP ${type}-----`
  const end = `-----END PGP ${type}-----`
  return text
    .split(begin)
    .slice(1)
    .map(rest => {
      const to = rest.indexOf(end)
      return to < 0 ? undefined : decode(rest.slice(0, to))
    })
}

function decode(block: string): Uint8Array | undefined {
  const lines = block
    .split('\n')
    .map(line => line.trim())
    .filter(line => line !== '' && !LINE_WITH_HEADER.test(line) && !isChecksum(line))
  const base64 = lines.join('')
  return base64 !== '' && BASE64.test(base64) ? new Uint8Array(Buffer.from(base64, 'base64')) : undefined
}

/** `=` and four characters: a CRC that readers are to ignore (RFC 9580, 6.1). */
function isChecksum(line: string): boolean {
  return line.startsWith('=') && line.length === 5
}
