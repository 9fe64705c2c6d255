/** Where the index of a repository and its charts are (Helm, "The Chart Repository Guide", "Use OCI-based registries"). */

/** `https://charts.example.com/stable` → that of its `index.yaml`; one that names the file already stays. */
export function indexAddress(url: string): string {
  const at = new URL(url)
  if (!at.pathname.endsWith('/index.yaml')) at.pathname = `${at.pathname.replace(/\/+$/, '')}/index.yaml`
  return at.href
}

/**
 * A chart's url, absolute or relative to the repository. What the repository's own address has of login and query goes along
 * to the same server, and to no other.
 *
 * @throws TypeError when it is no address
 */
export function chartAddress(repository: string, url: string): string {
  if (url.startsWith('oci://')) return url
  const base = new URL(indexAddress(repository))
  const chart = new URL(url, base)
  if (chart.origin === base.origin) {
    chart.username = base.username
    chart.password = base.password
    if (chart.search === '') chart.search = base.search
  }
  return chart.href
}

/** `oci://registry.example/charts` and `podinfo` → `oci://registry.example/charts/podinfo`, unless it ends so already. */
export function ociName(url: string, chart: string): string {
  const base = url.replace(/\/+$/, '')
  return base.endsWith(`/${chart}`) ? base : `${base}/${chart}`
}

/** A version as a tag: `+` is not allowed there (Helm, "Use OCI-based registries"). */
export function tagOfVersion(version: string): string {
  return version.replaceAll('+', '_')
}

export function versionOfTag(tag: string): string {
  return tag.replaceAll('_', '+')
}
