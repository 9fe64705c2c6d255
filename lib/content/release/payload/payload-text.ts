/**
 * Bytes of a file in a payload → the object it holds, as JSON or YAML, or an error that names payload and file. Payloads
 * come from a registry, so nothing is believed of them before.
 */
import { parse } from 'yaml'
import { messageOf, PlanError } from '../../../errors.ts'
import { isRecord } from '../../../oci/json.ts'

/** An alias can stand for content of any size, and real manifests have none. */
const MAX_ALIASES = 0

/** @param what `4.16.8 (amd64): image-references`. @throws PlanError */
export function readJson(bytes: Uint8Array | string, what: string): Record<string, unknown> {
  return readObject('JSON', bytes, what, JSON.parse)
}

/** @param what `4.16.8 (amd64): 0000_50_….yaml`. @throws PlanError */
export function readYaml(bytes: Uint8Array, what: string): Record<string, unknown> {
  return readObject('YAML', bytes, what, text =>
    parse(text, { maxAliasCount: MAX_ALIASES, logLevel: 'error' }),
  )
}

function readObject(
  format: 'JSON' | 'YAML',
  bytes: Uint8Array | string,
  what: string,
  parseText: (text: string) => unknown,
): Record<string, unknown> {
  const hint = 'the payload is damaged or is no OpenShift release; choose another one'
  let value: unknown
  try {
    value = parseText(
      typeof bytes === 'string' ? bytes : new TextDecoder('utf-8', { fatal: true }).decode(bytes),
    )
  } catch (cause) {
    throw new PlanError(`${what} is not ${format}: ${messageOf(cause)}`, { cause, hint })
  }
  if (!isRecord(value)) throw new PlanError(`${what} is ${format}, but not an object`, { hint })
  return value
}
