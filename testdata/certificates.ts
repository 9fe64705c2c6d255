/**
 * Certificates for TLS tests: a private authority and a server certificate for 127.0.0.1 and localhost, made by the
 * `openssl` program when a test asks, so that no key is ever stored and none can expire.
 */
import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'

export interface TestCertificates {
  /** Paths of PEM files. */
  readonly ca: string
  readonly cert: string
  readonly key: string
  /** The same as text, for servers that want it. */
  readonly pem: { readonly ca: string; readonly cert: string; readonly key: string }
}

const EXTENSIONS = `
[authority]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
[server]
basicConstraints = CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = serverAuth
subjectAltName = DNS:localhost, IP:127.0.0.1, IP:::1
`

/** Makes both in `folder`. Ask `hasProgram('openssl')` first. @throws Error with what openssl says. */
export function makeCertificates(folder: string): TestCertificates {
  const at = (name: string): string => path.join(folder, name)
  const openssl = (...args: readonly string[]): void => void execFileSync('openssl', args, { stdio: 'pipe' })
  writeFileSync(at('extensions.cnf'), EXTENSIONS)
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
  const request = (name: string, subject: string): void =>
    openssl(
      'req',
      '-new',
      ...newKey,
      '-keyout',
      at(`${name}.key`),
      '-out',
      at(`${name}.csr`),
      '-subj',
      subject,
    )
  const sign = (name: string, ...by: readonly string[]): void =>
    openssl(
      'x509',
      '-req',
      '-in',
      at(`${name}.csr`),
      '-out',
      at(`${name}.crt`),
      '-days',
      '2',
      '-extfile',
      at('extensions.cnf'),
      '-extensions',
      name,
      ...by,
    )
  request('authority', '/CN=mirrorform test authority')
  sign('authority', '-signkey', at('authority.key'))
  request('server', '/CN=localhost')
  sign('server', '-CA', at('authority.crt'), '-CAkey', at('authority.key'), '-set_serial', '2')
  const [ca, cert, key] = [at('authority.crt'), at('server.crt'), at('server.key')]
  return { ca, cert, key, pem: { ca: read(ca), cert: read(cert), key: read(key) } }
}

function read(file: string): string {
  return readFileSync(file, 'utf8')
}
