/** How a plan's target is reached and its images are read <-> JSON. It is left out of plans of which nothing is said. */
import type { Field, Json } from '../files/canonical-json.ts'
import { decodeTarget } from '../files/content-json.ts'
import type { JsonPart } from '../files/json-part.ts'
import { formatTarget } from '../target.ts'
import type { Plan, Route } from './plan.ts'

const COUNTS = ['parallelImages', 'parallelLayers', 'maxRequestsPerSecond'] as const

export function routeFields({ route }: Pick<Plan, 'route'>): readonly Field[] {
  if (route === undefined) return []
  const { via, registriesConf, limits } = route
  const value: Json = {
    via: via && { name: via.name, target: formatTarget(via.target), statePath: via.statePath },
    registriesConf,
    limits: limits && { ...limits },
  }
  return [{ key: 'route', value }]
}

/** @throws SyntaxFault */
export function decodeRoute(root: JsonPart): Pick<Plan, 'route'> {
  const part = root.field('route')
  if (part.value === undefined) return {}
  const [via, conf, limits] = [part.field('via'), part.field('registriesConf'), part.field('limits')]
  const route: Route = {
    ...(via.value !== undefined && {
      via: {
        name: via.field('name').filledText(),
        target: decodeTarget(via.field('target')),
        statePath: via.field('statePath').filledText(),
      },
    }),
    ...(conf.value !== undefined && { registriesConf: conf.filledText() }),
    ...(limits.value !== undefined && { limits: decodeLimits(limits) }),
  }
  return { route }
}

function decodeLimits(part: JsonPart): NonNullable<Route['limits']> {
  const counts = COUNTS.flatMap(key => {
    const field = part.field(key)
    return field.value === undefined ? [] : [[key, field.count()]]
  })
  const bandwidth = part.field('bandwidth')
  return {
    ...Object.fromEntries(counts),
    ...(bandwidth.value !== undefined && { bandwidth: bandwidth.filledText() }),
  }
}
