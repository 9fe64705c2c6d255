/**
 * Which proxy a URL goes through: HTTP_PROXY, HTTPS_PROXY and NO_PROXY, in either case, read the way Go programs
 * (skopeo, podman, oc) read them: names match their sub-domains, addresses and CIDR blocks match addresses, `*` is all,
 * and this machine is never reached through a proxy.
 */
import { BlockList, isIP } from 'node:net'

/** The proxy's URL, which may hold a password; undefined for a direct connection. */
export function proxyFor(url: URL, env: NodeJS.ProcessEnv): string | undefined {
  const secure = url.protocol === 'https:'
  const proxy = secure ? env.HTTPS_PROXY || env.https_proxy : env.HTTP_PROXY || env.http_proxy
  if (!proxy || isLoopback(bareHost(url))) return undefined
  const excluded = (env.NO_PROXY || env.no_proxy || '').split(/[\s,]+/).filter(entry => entry !== '')
  if (excluded.some(entry => matches(entry.toLowerCase(), url))) return undefined
  return proxy.includes('://') ? proxy : `http://${proxy}`
}

function bareHost(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, '').toLowerCase()
}

function isLoopback(host: string): boolean {
  return (
    host === 'localhost' || host.endsWith('.localhost') || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host)
  )
}

function matches(entry: string, url: URL): boolean {
  if (entry === '*') return true
  const host = bareHost(url)
  const block = /^([0-9a-f.:]+)\/(\d+)$/.exec(entry)
  if (block !== null) return isInBlock(host, block[1] ?? '', Number(block[2]))
  const [, name = entry, port] = /^(\[[^\]]*\]|[^:]*):(\d+)$/.exec(entry) ?? []
  if (port !== undefined && port !== (url.port || (url.protocol === 'https:' ? '443' : '80'))) return false
  const wanted = name.replace(/^\[|\]$/g, '').replace(/^\*(?=\.)/, '')
  if (isIP(wanted) !== 0) return wanted === host
  return wanted.startsWith('.') ? host.endsWith(wanted) : host === wanted || host.endsWith(`.${wanted}`)
}

function isInBlock(host: string, network: string, bits: number): boolean {
  const family = isIP(host)
  if (family === 0 || family !== isIP(network) || bits > (family === 4 ? 32 : 128)) return false
  const list = new BlockList()
  list.addSubnet(network, bits, family === 4 ? 'ipv4' : 'ipv6')
  return list.check(host, family === 4 ? 'ipv4' : 'ipv6')
}
