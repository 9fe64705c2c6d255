/** `.Files`: the plain files of a chart, as templates read them (Helm, "Accessing Files Inside Templates"). */
import picomatch from 'picomatch'
import type { ChartFiles } from '../chart/unpack-chart.ts'
import { goText } from '../template/go-format.ts'
import { toYaml } from '../template/to-yaml.ts'
import { isNothing, type Value } from '../template/value.ts'

/** A dictionary of texts that can be gone through, with methods beside; what `Glob` gives is one, too. */
export function filesObject(files: ChartFiles): Value {
  const text = (path: Value): string => {
    const bytes = files.get(isNothing(path) ? '' : goText(path))
    return bytes === undefined ? '' : new TextDecoder().decode(bytes)
  }
  const all = () => [...files].sort(([a], [b]) => (a < b ? -1 : 1))
  const asYaml = (encode: (bytes: Uint8Array) => string): string => {
    const texts = all().map(
      ([path, bytes]) => [path.slice(path.lastIndexOf('/') + 1), encode(bytes)] as const,
    )
    return texts.length === 0 ? '' : toYaml(new Map(texts))
  }
  const methods: Readonly<Record<string, Value>> = {
    Get: ([path]) => text(path),
    GetBytes: ([path]) => text(path),
    Lines: ([path]) => text(path).replace(/\n$/, '').split('\n'),
    Glob: ([pattern]) => {
      const matches = picomatch(isNothing(pattern) ? '' : goText(pattern), { dot: true, noextglob: true })
      return filesObject(new Map(all().filter(([path]) => matches(path))))
    },
    AsConfig: () => asYaml(bytes => new TextDecoder().decode(bytes)),
    AsSecrets: () => asYaml(bytes => Buffer.from(bytes).toString('base64')),
  }
  return new FilesDict(files, methods)
}

/** Iteration gives the files; `get` gives methods too. */
class FilesDict extends Map<string, Value> {
  readonly #methods: ReadonlyMap<string, Value>

  constructor(files: ChartFiles, methods: Readonly<Record<string, Value>>) {
    super()
    this.#methods = new Map(Object.entries(methods))
    for (const [path, bytes] of files) this.set(path, new TextDecoder().decode(bytes))
  }

  override get(key: string): Value {
    return super.get(key) ?? this.#methods?.get(key)
  }
}
