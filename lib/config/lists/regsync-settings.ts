/** What a regsync file says besides which images go where: logins, and when and how it runs. */
import { type Entry, fieldOf, itemsOf } from '../entry.ts'
import type { ListReading } from './list-reading.ts'

/** What changes which content there is, or when; keys that are only about speed are passed over. */
export const REGSYNC_SETTINGS: ReadonlyMap<string, readonly [message: string, hint: string]> = new Map([
  ['interval', ['interval', 'run plan and apply from a timer, or from a pipeline']],
  ['schedule', ['schedule', 'run plan and apply from a timer, or from a pipeline']],
  [
    'backup',
    ['backup', 'a plan shows a tag that moves with its old digest; mirror that by digest to keep it'],
  ],
  ['mediaTypes', ['mediaTypes', 'images, indexes and artifacts are all copied']],
  [
    'referrerFilters',
    ['referrerFilters', 'signatures and other attachments all travel, or with --signatures=ignore none'],
  ],
  ['referrerSource', ['referrerSource', 'attachments are looked for where the image is']],
  ['referrerTarget', ['referrerTarget', 'attachments go where the image goes']],
  ['hooks', ['hooks', 'run your commands after mirrorform apply; its exit code says what happened']],
  ['cleanupTags', ['cleanupTags', 'what the image set no longer asks for is planned as a delete']],
])

export function tellSettings(reading: ListReading): void {
  for (const login of itemsOf(reading.root, 'creds')) tellLogin(reading, login)
  const defaults = fieldOf(reading.root, 'defaults')
  if (defaults !== undefined) reading.omitKeys('file', defaults, REGSYNC_SETTINGS)
}

function tellLogin(reading: ListReading, login: Entry): void {
  const registry = reading.textAt(fieldOf(login, 'registry')) ?? 'a registry'
  const has = (...keys: string[]) => keys.some(key => fieldOf(login, key) !== undefined)
  if (has('user', 'pass', 'token', 'credHelper'))
    reading.omit('file', login.pointer, `the credentials of ${registry}`, {
      hint: 'an image set holds no secrets: podman login writes them where mirrorform finds them',
    })
  if (fieldOf(login, 'tls') !== undefined)
    reading.omit('file', `${login.pointer}/tls`, `tls of ${registry}`, {
      at: 'key',
      hint: 'registries.conf says it for one registry (insecure = true), --src-tls-verify=false for all sources',
    })
  if (has('regcert', 'clientCert', 'clientKey'))
    reading.omit('file', login.pointer, `the certificates of ${registry}`, {
      hint: 'put them into ~/.config/containers/certs.d/HOST[:PORT]/',
    })
  if (has('mirrors', 'hostname', 'pathPrefix'))
    reading.omit('file', login.pointer, `other addresses of ${registry}`, {
      hint: 'registries.conf holds mirrors and locations',
    })
}
