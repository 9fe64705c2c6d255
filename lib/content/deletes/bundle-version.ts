/** The version of a bundle, read from its name: a state knows bundles by name alone. */
import { parseVersion, type Version } from '../operator/filter/versions.ts'

/** What follows the package: `web-terminal.v1.9.0`, `elasticsearch-operator.5.1.0-96`, `demo.v1.2`. */
const IN_NAME = /\.v?(\d+)(?:\.(\d+))?(?:\.(\d+))?([-+][0-9A-Za-z.+-]+)?$/
/** Rebuilds without a change of the operator have the time in the name as a prerelease, in the version as build metadata. */
const REBUILT = /^-(0\.\d+\.p)$/

/** undefined where the name tells none. */
export function bundleVersion(bundle: string): Version | undefined {
  const name = firstVersion(bundle)
  if (name === null) return undefined
  const [, major, minor = '0', patch = '0', rest = ''] = name
  return parseVersion(`${major}.${minor}.${patch}${rest.replace(REBUILT, '+$1')}`)
}

/** From the left, so that `demo.v1.2.3` is not taken for a version 3 of `demo.v1.2`. */
function firstVersion(bundle: string): RegExpExecArray | null {
  for (let at = bundle.indexOf('.'); at >= 0; at = bundle.indexOf('.', at + 1)) {
    const found = IN_NAME.exec(bundle.slice(at))
    if (found?.index === 0) return found
  }
  return null
}
