/** A rendered chart → the images it names, as references, and what a person should know of how they were found. */
import type { JsonPath } from '../../../config/index.ts'
import { messageOf, SyntaxFault } from '../../../errors.ts'
import { formatReference, parseReference, type Reference, withDefaultTag } from '../../../oci/reference.ts'
import { compareText } from '../../../target.ts'
import { RELEASE_NAME, type RenderedTemplate } from '../render/render-chart.ts'
import { findImages } from './find-images.ts'
import { imageLines, readStatically } from './read-statically.ts'

export interface ChartImages {
  /** Sorted, each once. */
  readonly images: readonly Reference[]
  readonly notes: readonly string[]
}

/** @param what names the chart in notes: `chart podinfo 5.0.0` */
export function imagesOfChart(
  rendered: readonly RenderedTemplate[],
  imagePaths: readonly JsonPath[],
  what: string,
): ChartImages {
  const images = new Map<string, Reference>()
  const notes = new Notes(what)
  const add = (text: string): void => {
    const reference = referenceOf(text)
    if (typeof reference === 'string') notes.add(`the image "${text}" is left out: ${reference}`)
    else images.set(formatReference(reference), reference)
  }
  for (const template of rendered) {
    if (template.kind === 'failed') {
      notes.add(`${template.path} cannot be rendered (${template.reason}): ${STATIC_READING}`)
      readStatically(template.source, template.values).forEach(add)
      continue
    }
    const found = findImages(template.text, imagePaths)
    found.images.forEach(add)
    for (const text of found.pointedAt) if (isTagged(text)) add(text)
    for (const part of found.unread) {
      notes.add(`${template.path} is no YAML when it is rendered (${part.reason}): ${STATIC_READING}`)
      imageLines(part.text).forEach(add)
    }
    notes.addStops(template.path, template.remarks)
  }
  return {
    images: [...images].sort(([a], [b]) => compareText(a, b)).map(([, reference]) => reference),
    notes: notes.all(),
  }
}

const STATIC_READING =
  'its images are read from its text and the values it names, which may be too many or too few'

/** Kubernetes takes `latest` where a container names neither tag nor digest. A text says what is wrong. */
function referenceOf(text: string): Reference | string {
  if (/^[a-z]+:\/\//i.test(text)) return 'it is an address'
  if (text.includes(RELEASE_NAME))
    return 'it is named after the release, and so is made where the chart is installed'
  try {
    return withDefaultTag(parseReference(text))
  } catch (error) {
    if (error instanceof SyntaxFault) return messageOf(error)
    throw error
  }
}

/** An expression may point at anything; an image there has tag or digest (oc-mirror v2), and is no address. */
function isTagged(text: string): boolean {
  if (/^[^/]*:\d+$/.test(text) && /^(?:localhost|[^/]*\.[^/]*):/.test(text)) return false
  const reference = referenceOf(text)
  return (
    typeof reference !== 'string' && /@|:[^/]+$/.test(text) && /[a-z]/i.test(text.split(/[:@]/, 1)[0] ?? '')
  )
}

/** Reasons of Helm's that a note gives. */
const GIVEN_REASONS = 3

/** What a chart says that keeps Helm from rendering it with its own values is one note. */
class Notes {
  readonly #what: string
  readonly #own = new Set<string>()
  readonly #reasons = new Set<string>()
  readonly #paths = new Set<string>()

  constructor(what: string) {
    this.#what = what
  }

  add(text: string): void {
    this.#own.add(`${this.#what}: ${text}`)
  }

  addStops(path: string, reasons: readonly string[]): void {
    if (reasons.length > 0) this.#paths.add(path)
    for (const reason of reasons) this.#reasons.add(reason.split('\n', 1)[0] ?? '')
  }

  all(): readonly string[] {
    const [first] = this.#paths
    if (first === undefined) return [...this.#own]
    const given = [...this.#reasons].slice(0, GIVEN_REASONS).join('; ')
    const left = this.#reasons.size - GIVEN_REASONS
    const others = this.#paths.size === 1 ? '' : ` and ${this.#paths.size - 1} more`
    const stops = `Helm would stop at ${first}${others}, because values are missing (${given}${left > 0 ? `; ${left} more` : ''})`
    return [...this.#own, `${this.#what}: ${stops}: images are those that the chart names without them`]
  }
}
