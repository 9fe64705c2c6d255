/** The state as a person reads it: the list of its images, and everything about one of them. */
import { closureOf, type ImageContent, type ManifestStore } from '../graph/graph.ts'
import { type Digest, shortDigest } from '../oci/digest.ts'
import type { State, StateImage } from '../state.ts'
import { formatDestination, type TargetAddress } from '../target.ts'
import { printable, wrap } from './fit.ts'
import { mediaTypeName, originsText, originText, shortDestination, targetName } from './naming.ts'
import { bytesOf, imageBlobs } from './plan-groups.ts'
import { countOf, formatBytes } from './quantities.ts'
import type { Style } from './style.ts'
import { alignTable, type Cell } from './table.ts'
import { apart, headingOf, putTogether, type Together } from './together.ts'
import { hasConfig, isMade } from './uses.ts'

export interface StateRendering {
  readonly style: Style
  /** Columns; `Infinity` never shortens. */
  readonly width: number
  /** A line for each image, also of releases and packages. */
  readonly all?: boolean | undefined
}

/** One line for each image of the state, or for all of a release or package: name, digest, size, origin; then what they take together. */
export function renderState(state: State, { style, width, all = false }: StateRendering): string {
  const target = targetName(state.target)
  const total = `${countOf(state.images.length, 'image')}, ${formatBytes(bytesOf(state, state.blobs.keys()))} in ${countOf(state.blobs.size, 'blob')}`
  const items = state.images.map(image => ({ image }))
  const rows = (all ? apart(items) : putTogether(items)).map(entry => stateRow(state, entry, style))
  const columns = [
    { shorten: 'middle', min: 24 },
    { optional: true },
    { align: 'right' },
    { shorten: 'middle', min: 16, optional: true },
  ] as const
  return [
    ...wrap(`${target}: ${total}`, width, 2),
    ...looseLines(state, width),
    ...shippedLines(state, width),
    ...(rows.length > 0 ? ['', ...alignTable(rows, { columns, width, indent: 2 })] : []),
    ...(rows.length < items.length
      ? [
          '',
          ...wrap(
            'Releases and packages are one line each; all their images: mirrorform show STATE --all',
            width,
          ),
        ]
      : []),
  ].join('\n')
}

function stateRow(
  state: State,
  { members, part }: Together<{ readonly image: StateImage }>,
  style: Style,
): readonly Cell[] {
  const [{ image }] = members
  const blobs = new Set(members.flatMap(member => [...imageBlobs(state, member.image)]))
  const isPart = part !== undefined
  return [
    { text: part ?? shortDestination(state.target, image.destination), style: style.strong },
    { text: isPart ? countOf(members.length, 'image') : shortDigest(image.digest) },
    { text: formatBytes(bytesOf(state, blobs)) },
    { text: isPart ? headingOf(image) : originsText(image), style: style.faint },
  ]
}

function looseLines({ loose }: State, width: number): readonly string[] {
  if (loose.length === 0) return []
  const bytes = loose.reduce((sum, blob) => sum + blob.size, 0)
  return wrap(
    `  and ${countOf(loose.length, 'blob')} (${formatBytes(bytes)}) sent for images that are not finished yet`,
    width,
    2,
  )
}

/** What went into archives, and is not confirmed by a receipt. */
function shippedLines({ images, archives = [] }: State, width: number): readonly string[] {
  const shipped = Map.groupBy(
    images.flatMap(({ shippedIn }) => shippedIn ?? []),
    id => archives.find(archive => archive.id === id)?.number,
  )
  return [...shipped].flatMap(([number, ids]) => {
    const archive = number === undefined ? 'an archive' : `archive ${number}`
    return wrap(`  ${countOf(ids.length, 'image')} shipped in ${archive}, not confirmed yet`, width, 2)
  })
}

/** One image: where it came from and why, and its whole content as a tree. `store` may be a state or a plan. */
export function renderStateImage(
  image: StateImage,
  { store, target }: { readonly store: ManifestStore; readonly target: TargetAddress },
  { style, width }: StateRendering,
): string {
  const blobs = imageBlobs(store, image)
  const manifests = closureOf(store, image)
  const facts: readonly (readonly [string, string])[] = [
    ['from', printable(image.source)],
    ['digest', image.digest],
    ...(image.sourceDigest === undefined
      ? []
      : [
          isMade(store, image)
            ? (['base', image.sourceDigest] as const)
            : (['at source', `${image.sourceDigest} (the index was rewritten for the platforms)`] as const),
        ]),
    ['platforms', image.platforms.length === 0 ? 'all' : image.platforms.map(printable).join(', ')],
    ...(image.omitted.length === 0
      ? []
      : [
          [
            'left out',
            countOf(image.omitted.length, 'manifest of its index', 'manifests of its index'),
          ] as const,
        ]),
    ...image.origins.map(origin => ['wanted by', originText(origin)] as const),
    ...(image.releaseSignatures === undefined
      ? []
      : [['signed by', countOf(image.releaseSignatures.length, 'OpenPGP signature')] as const]),
    ...(image.shippedIn === undefined
      ? []
      : [['shipped', `in archive ${image.shippedIn}, not confirmed yet`] as const]),
    ...(image.arrivedIn === undefined ? [] : [['arrived', `in archive ${image.arrivedIn}`] as const]),
    [
      'size',
      `${formatBytes(bytesOf(store, blobs))} in ${countOf(blobs.size, 'blob')}, ${countOf(manifests.length, 'manifest')}`,
    ],
  ]
  return [
    style.strong(formatDestination(target, image.destination)),
    ...facts.flatMap(([name, value]) => wrap(`  ${name.padEnd(10)} ${value}`, width, 11)),
    '',
    'Content',
    ...treeLines(store, image, { style, width }),
  ].join('\n')
}

function treeLines(
  store: ManifestStore,
  image: ImageContent,
  { style, width }: StateRendering,
): readonly string[] {
  const omitted = new Set(image.omitted)
  const rows: { text: string; size: string; what: string }[] = []
  const addManifest = (digest: Digest, depth: number, note: string): void => {
    const node = store.manifests.get(digest)
    const margin = '  '.repeat(depth)
    const what = node === undefined ? 'not recorded' : mediaTypeName(node.mediaType)
    rows.push({
      text: `${margin}${digest}`,
      size: node === undefined ? '' : formatBytes(node.size),
      what: note === '' ? what : `${note}, ${what}`,
    })
    for (const child of node?.manifests ?? []) if (!omitted.has(child)) addManifest(child, depth + 1, '')
    const foreign = new Set(node?.foreign)
    const config = node !== undefined && hasConfig(node) ? node.blobs[0] : undefined
    for (const blob of [...(node?.blobs ?? []), ...foreign])
      rows.push({
        text: `${margin}  ${blob}`,
        size: formatBytes(store.blobs.get(blob) ?? 0),
        what: foreign.has(blob) ? 'foreign layer, not copied' : blob === config ? 'config' : 'layer',
      })
  }
  addManifest(image.digest, 0, '')
  for (const { digest, tag, subject } of image.attachments)
    addManifest(digest, 0, tag === undefined ? `attached to ${shortDigest(subject)}` : `tag ${tag}`)
  return alignTable(
    rows.map(({ text, size, what }) => [
      { text },
      { text: size },
      { text: printable(what), style: style.faint },
    ]),
    {
      columns: [
        { shorten: 'end', min: 24 },
        { align: 'right' },
        { shorten: 'middle', min: 12, optional: true },
      ],
      width,
      indent: 2,
    },
  )
}
