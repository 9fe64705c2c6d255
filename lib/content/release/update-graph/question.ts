/** Which graph is asked for, where, and how messages call it. */
import type { ReleaseArchitecture, ReleaseProduct } from '../../../config/index.ts'
import { PlanError } from '../../../errors.ts'
import { machineOf } from '../architecture.ts'
import { withoutSecrets } from '../signatures/location.ts'

export interface GraphQuestion {
  readonly product: ReleaseProduct
  readonly channel: string
  readonly architecture: ReleaseArchitecture
  /** Asked in place of the public service, for `ocp` channels (`UPDATE_URL_OVERRIDE`). */
  readonly updateUrl?: string
}

/** The public services (oc-mirror v2, "Update-graph query"). */
const SERVICES: Readonly<Record<ReleaseProduct, string>> = {
  ocp: 'https://api.openshift.com/api/upgrades_info/v1/graph',
  okd: 'https://origin-release.ci.openshift.org/graph',
}

/**
 * The same question always has the same URL, so that its answer can be kept by it: no random id is sent.
 *
 * @throws PlanError when `updateUrl` is not a URL of http or https.
 */
export function graphUrl({ product, channel, architecture, updateUrl }: GraphQuestion): string {
  const url = serviceUrl(product === 'ocp' && updateUrl ? updateUrl : SERVICES[product])
  url.searchParams.set('arch', architecture)
  url.searchParams.set('channel', channel)
  return url.href
}

function serviceUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url?.protocol === 'https:' || url?.protocol === 'http:') return url
  throw new PlanError(`"${withoutSecrets(text)}" is not the URL of an update service`, {
    hint: 'UPDATE_URL_OVERRIDE takes an http or https URL, for example https://osus.example/api/upgrades_info/v1/graph',
  })
}

/** `channel stable-4.16 (x86_64)`; `channels …` for a graph joined from several. */
export function channelText({
  channel,
  architecture,
}: Pick<GraphQuestion, 'channel' | 'architecture'>): string {
  return `${channel.includes(',') ? 'channels' : 'channel'} ${channel} (${machineOf(architecture)})`
}

/** `the update graph of channel stable-4.16 (x86_64) from api.openshift.com` */
export function graphText(question: GraphQuestion): string {
  return `the update graph of ${channelText(question)} from ${new URL(graphUrl(question)).host}`
}
