/**
 * A hauler manifest (content.hauler.cattle.io, one document for each kind) -> images and charts. Files are no images, and
 * collections that only hauler can work out are not carried over.
 */
import { SyntaxFault } from '../../errors.ts'
import { parseReference } from '../../oci/reference.ts'
import { type Entry, fieldOf } from '../entry.ts'
import type { PathRule } from './imported-list.ts'
import type { ListReading } from './list-reading.ts'
import { type Destined, imageOf } from './listed-image.ts'

const KEYS_OF_SIGNATURES = [
  'key',
  'certificate-identity',
  'certificate-identity-regexp',
  'certificate-oidc-issuer',
  'certificate-oidc-issuer-regexp',
  'certificate-github-workflow-repository',
]
const SETTINGS_OF_CHARTS: ReadonlyMap<string, readonly [message: string, hint: string]> = new Map([
  ['rewrite', ['rewrite of a chart', '--carry-charts puts charts at charts/NAME:VERSION']],
  [
    'valuesFiles',
    ['valuesFiles', "images are found with the chart's own values; name others under additionalImages"],
  ],
  ['values', ['values', "images are found with the chart's own values; name others under additionalImages"]],
  ['verify', ['verify', 'provenance of charts is not checked here: helm verify']],
  [
    'usernameEnv',
    ['the credentials of a chart repository', 'an image set holds no secrets: see docs/registries.md'],
  ],
  ['caFile', ['caFile', 'put it into the certificates of the machine']],
  ['insecureSkipTLSVerify', ['insecureSkipTLSVerify', 'give --src-tls-verify=false']],
  ['plainHTTP', ['plainHTTP', 'give --src-tls-verify=false']],
])

export function readHaulerDocument(reading: ListReading, rule: PathRule): void {
  const { root } = reading
  const kind = reading.textAt(fieldOf(root, 'kind'))
  const spec = fieldOf(root, 'spec')
  const annotations = fieldOf(fieldOf(root, 'metadata'), 'annotations')
  switch (kind) {
    case 'Images':
      for (const item of reading.itemsAt('images', spec, 'images'))
        readImage(reading, item, annotations, rule)
      return
    case 'Charts':
      for (const item of reading.itemsAt('charts', spec, 'charts')) readChart(reading, item)
      return
    case 'Files':
      for (const item of reading.itemsAt('file', spec, 'files'))
        reading.omit('file', item.pointer, `the file ${reading.textAt(fieldOf(item, 'path')) ?? ''}`.trim(), {
          hint: 'only images and charts are mirrored; copy files beside the archive',
        })
      return
    case 'ImageTxts':
      for (const item of reading.itemsAt('images', spec, 'imageTxts'))
        reading.omit(
          'images',
          item.pointer,
          `the list ${reading.textAt(fieldOf(item, 'ref')) ?? ''}`.trim(),
          {
            hint: 'fetch it, and import it as well: mirrorform import-config FILE --format list',
          },
        )
      return
    default:
      reading.omit('file', fieldOf(root, 'kind')?.pointer ?? '', `kind: ${kind ?? 'nothing'}`, {
        hint: 'Images and Charts are carried over; name the images of the others',
      })
  }
}

/** What an image says of itself wins over the annotations of its document (`hauler.dev/registry`, `hauler.dev/platform`). */
function readImage(reading: ListReading, item: Entry, annotations: Entry | undefined, rule: PathRule): void {
  const nameField = fieldOf(item, 'name')
  const name = reading.textAt(nameField)
  if (nameField === undefined || name === undefined) {
    reading.omit('images', item.pointer, 'this image has no name')
    return
  }
  const annotated = (key: string) =>
    fieldOf(annotations, `hauler.dev/${key}`) ?? fieldOf(annotations, `hauler.cattle.io/${key}`)
  const registry = reading.textAt(annotated('registry'))
  const signed =
    KEYS_OF_SIGNATURES.map(key => fieldOf(item, key)).find(field => reading.textAt(field) !== undefined) ??
    annotated('key')
  const rewrite = fieldOf(item, 'rewrite')
  const image = reading.attempt('images', nameField.pointer, () => {
    const written = registry === undefined || namesRegistry(name) ? name : `${registry}/${name}`
    return parseReference(written)
  })
  if (image === undefined) return
  if (signed !== undefined)
    reading.omit('images', signed.pointer, `the check of the signature of ${name}`, {
      at: 'key',
      hint: 'signatures travel with the image; check them with cosign verify, at the source or at the mirror',
    })
  const text = reading.textAt(rewrite)
  const to =
    text === undefined
      ? undefined
      : reading.attempt('images', rewrite?.pointer ?? item.pointer, () => rewritten(text, name))
  const platform = reading.platformAt('images', fieldOf(item, 'platform') ?? annotated('platform'))
  reading.entries.push(
    imageOf(image, {
      rule,
      to,
      platforms: platform === undefined ? [] : [platform],
      place: reading.placeOf(nameField.pointer),
    }),
  )
}

/** `/dev/app:v1`, `dev/app` → place below the target. @throws SyntaxFault */
function rewritten(text: string, name: string): Destined {
  const bare = text.replace(/^\/+/, '')
  if (namesRegistry(bare))
    throw new SyntaxFault(`${name} is rewritten to another registry, ${bare}`, {
      hint: 'write targetRepo, the path below the target',
    })
  const { path, tag } = parseReference(`rewritten.invalid/${bare}`)
  return { repository: path, ...(tag !== undefined && { tag }) }
}

function namesRegistry(name: string): boolean {
  const [first = '', ...rest] = name.split('/')
  return rest.length > 0 && (/[.:]/.test(first) || first === 'localhost')
}

function readChart(reading: ListReading, item: Entry): void {
  const nameField = fieldOf(item, 'name')
  const name = reading.textAt(nameField)
  if (nameField === undefined || name === undefined) {
    reading.omit('charts', item.pointer, 'this chart has no name')
    return
  }
  const urlField = fieldOf(item, 'repoURL')
  const url = reading.textAt(urlField) ?? ''
  const version = reading.textAt(fieldOf(item, 'version'))
  const platform = reading.platformAt('charts', fieldOf(item, 'platform'))
  const from = reading.attempt('charts', urlField?.pointer ?? nameField.pointer, () => originOf(name, url))
  if (from === undefined) return
  if (from.secret)
    reading.omit(
      'charts',
      urlField?.pointer ?? nameField.pointer,
      'the credentials in the address of a chart',
      {
        hint: 'an image set holds no secrets: see docs/registries.md',
      },
    )
  reading.omitKeys('charts', item, SETTINGS_OF_CHARTS)
  reading.entries.push({
    kind: 'chart',
    from: from.origin,
    ...(version !== undefined && { version }),
    platforms: platform === undefined ? [] : [platform],
    place: reading.placeOf(nameField.pointer),
  })
}

interface ChartOrigin {
  readonly origin:
    | { readonly kind: 'repository'; readonly url: string; readonly name: string }
    | { readonly kind: 'disk'; readonly path: string }
  readonly secret: boolean
}

/** @throws SyntaxFault */
function originOf(name: string, url: string): ChartOrigin {
  const whole = name.includes('://') ? name.replace(/\/+$/, '') : url.trim()
  if (!/^(?:https?|oci):\/\//.test(whole)) {
    if (/^[a-z][a-z\d+.-]*:\/\//i.test(whole))
      throw new SyntaxFault('the address of this chart cannot be read')
    const path = url === '' || url === '.' ? name : `${url.replace(/\/+$/, '')}/${name}`
    return { origin: { kind: 'disk', path }, secret: false }
  }
  if (!URL.canParse(whole)) throw new SyntaxFault('the address of this chart cannot be read')
  if (/\.tgz$/.test(whole))
    throw new SyntaxFault('a chart is named by the address of its file', {
      hint: 'name its repository and the chart, or fetch the file and name it under helm.local',
    })
  const clean = whole.replace(/:\/\/[^/]*@/, '://').replace(/[?#].*$/, '')
  const secret = clean !== whole
  if (name.includes('://')) {
    const at = clean.lastIndexOf('/')
    return { origin: { kind: 'repository', url: clean.slice(0, at), name: clean.slice(at + 1) }, secret }
  }
  return { origin: { kind: 'repository', url: clean, name }, secret }
}
