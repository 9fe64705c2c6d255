/**
 * Functions whose result is of chance or of the hour (sprig, "Cryptographic", "UUID", "Date"): the same text every time,
 * so that the same chart always names the same images. No image is named after a password.
 */
import { type Dict, GoObject, type Value } from '../value.ts'
import { countAt, type TemplateFunction, wholeAt } from './arguments.ts'

const KEY = '-----BEGIN MIRRORFORM-----\nstand-in\n-----END MIRRORFORM-----\n'
const CERTIFICATE = new GoObject({ Cert: KEY, Key: KEY }, 'certificate')
const NOW = '2000-01-01T00:00:00Z'
const SECONDS = 946684800n

/** What is asked of the time itself. */
const TIME = new GoObject(
  {
    Unix: () => SECONDS,
    UnixNano: () => SECONDS * 1_000_000_000n,
    Format: () => NOW,
    String: () => NOW,
    Year: () => 2000n,
    Month: () => 1n,
    Day: () => 1n,
    UTC: (): Value => TIME,
    Local: (): Value => TIME,
  },
  NOW,
)

const letters: TemplateFunction = args => 'x'.repeat(countAt(args, 0))
const certificate: TemplateFunction = () => CERTIFICATE
const moment: TemplateFunction = () => TIME
const dateText: TemplateFunction = () => '2000-01-01'
const nothing: TemplateFunction = (): Dict => new Map()

export const STAND_INS: Readonly<Record<string, TemplateFunction>> = {
  randAlphaNum: letters,
  randAlpha: letters,
  randAscii: letters,
  randNumeric: args => '0'.repeat(countAt(args, 0)),
  randBytes: args => Buffer.alloc(countAt(args, 0)).toString('base64'),
  randInt: args => wholeAt(args, 0),
  shuffle: args => args[0],
  uuidv4: () => '00000000-0000-4000-8000-000000000000',
  genPrivateKey: () => KEY,
  genCA: certificate,
  genCAWithKey: certificate,
  genSelfSignedCert: certificate,
  genSelfSignedCertWithKey: certificate,
  genSignedCert: certificate,
  genSignedCertWithKey: certificate,
  buildCustomCert: certificate,
  derivePassword: () => 'xxxxxxxxxxxxxxxx',
  htpasswd: args => `${args[0]}:x`,
  bcrypt: () => '$2a$10$x',
  encryptAES: args => args[1],
  decryptAES: args => args[1],
  now: moment,
  toDate: moment,
  mustToDate: moment,
  dateModify: moment,
  date_modify: moment,
  date: dateText,
  dateInZone: dateText,
  date_in_zone: dateText,
  htmlDate: dateText,
  htmlDateInZone: dateText,
  ago: () => '0s',
  duration: () => '0s',
  durationRound: () => '0s',
  unixEpoch: () => String(SECONDS),
  getHostByName: () => '',
  env: () => '',
  expandenv: () => '',
  /** The cluster is not asked: Helm's own `template` finds nothing there either. */
  lookup: nothing,
}
