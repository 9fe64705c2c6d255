/**
 * The public keys whose signatures count: Red Hat's, which are built in, or those of a file.
 *
 * The openpgp package takes a quarter of a second to load, so it is loaded when the first key is looked at.
 */
import type { PublicKey } from 'openpgp'
import { messageOf, PlanError } from '../../../errors.ts'
import { readArmor } from './armor.ts'
import { RED_HAT_KEYS } from './red-hat-keys.ts'

export interface Keyring {
  /** For messages: `the built-in Red Hat keys`, `/etc/mirror/okd.asc` */
  readonly name: string
  /** Armored public key blocks. */
  readonly armored: string
}

export const RED_HAT_KEYRING: Keyring = {
  name: 'the built-in Red Hat keys',
  armored: RED_HAT_KEYS.map(key => key.armored).join('\n'),
}

const read = new WeakMap<Keyring, Promise<readonly PublicKey[]>>()

/**
 * Takes the text of an armored key file, with one or several blocks, and makes sure that all of them can be used.
 *
 * @param name of the file, for messages
 * @throws PlanError when it holds no public key, or one that cannot be read.
 */
export async function parseKeyring(text: string, name: string): Promise<Keyring> {
  const keyring: Keyring = { name, armored: text }
  await keysOf(keyring)
  return keyring
}

/** The keys, read once for each keyring. @throws PlanError */
export function keysOf(keyring: Keyring): Promise<readonly PublicKey[]> {
  const known = read.get(keyring)
  if (known !== undefined) return known
  const keys = readKeys(keyring)
  read.set(keyring, keys)
  return keys
}

async function readKeys(keyring: Keyring): Promise<readonly PublicKey[]> {
  const blocks = readArmor(keyring.armored, 'PUBLIC KEY BLOCK')
  if (blocks.length === 0)
    throw new PlanError(`${keyring.name} holds no public key`, {
      hint: keyring.armored.includes('PGP PRIVATE KEY BLOCK')
        ? 'this is a private key, which does not belong here: write the public one with gpg --armor --export KEYID'
        : "the file is to hold the signer's public key in armored form: gpg --armor --export KEYID",
    })
  const keys: PublicKey[] = []
  for (const [at, block] of blocks.entries()) keys.push(...(await readBlock(keyring.name, at + 1, block)))
  return keys
}

async function readBlock(
  name: string,
  number: number,
  block: Uint8Array | undefined,
): Promise<readonly PublicKey[]> {
  const { readKeys } = await import('openpgp')
  try {
    if (block === undefined) throw new SyntaxError('its text is cut off or is not base64')
    return await readKeys({ binaryKeys: block })
  } catch (cause) {
    throw new PlanError(`${name}: key block ${number} cannot be read: ${messageOf(cause)}`, {
      cause,
      hint: 'write the file anew with gpg --armor --export KEYID',
    })
  }
}
