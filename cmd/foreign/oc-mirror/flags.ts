/**
 * Every flag of oc-mirror v2, hidden ones included, and what becomes of it: honoured, accepted with a note, or refused with a
 * hint. The options of `mirror` and `delete` are these lists; the table in docs/migrate/from-oc-mirror-v2.md is checked
 * against them.
 */
import type { OcFlag } from '../oc-flags.ts'
import { accepted, declined, flag, hidden, honoured, number, text } from './flag-kinds.ts'

const NO_EFFECT = 'it has no effect in oc-mirror either'
const NO_CACHE = 'no registry is run to keep images in; each goes straight to where it belongs'
const NO_PROFILE = 'Node writes profiles: NODE_OPTIONS=--cpu-prof, NODE_OPTIONS=--heap-prof'
const NO_TRANSPORT = 'images are read from registries and OCI layouts, where it means nothing'
const UNTOUCHED = 'images keep their digests, so no layer is packed anew'
/** Command lines can be read by every user of the machine. */
const IN_A_FILE = 'write it into a file, podman login --authfile FILE HOST, and name that: --authfile FILE'

function ofOneSide(side: 'src' | 'dest'): readonly OcFlag[] {
  return hidden(
    honoured(`${side}-authfile`, text('Credentials of this side only')),
    declined(`${side}-creds`, text('Refused'), IN_A_FILE),
    declined(`${side}-username`, text('Refused'), IN_A_FILE),
    declined(`${side}-password`, text('Refused'), IN_A_FILE),
    declined(`${side}-registry-token`, text('Refused'), IN_A_FILE),
    declined(
      `${side}-cert-dir`,
      text('Refused'),
      'put certificates where podman finds them: ~/.config/containers/certs.d/HOST[:PORT]/ca.crt',
    ),
    declined(
      `${side}-no-creds`,
      flag('Refused'),
      `name a file without credentials: echo '{}' > none.json, then --${side}-authfile none.json`,
    ),
    accepted(`${side}-shared-blob-dir`, text('Of no effect'), NO_TRANSPORT),
    accepted(`${side}-daemon-host`, text('Of no effect'), NO_TRANSPORT),
  )
}

/** Of both commands. */
export const GLOBAL_FLAGS: readonly OcFlag[] = [
  honoured('config', { ...text('The image set, or what to delete'), alias: 'c', array: true }),
  honoured('authfile', text('Credentials (default: as podman and docker find them)')),
  honoured('cache-dir', text('What is kept between runs goes to .mirrorform in this folder')),
  honoured('workspace', text('file://FOLDER, for what is written beside the images')),
  // The product documentation writes --loglevel.
  accepted(
    'log-level',
    { ...text('info, debug, trace or error'), alias: 'loglevel' },
    'all notes and warnings are told in any case',
  ),
  accepted('port', { ...number('Of no effect'), alias: 'p' }, NO_CACHE),
  honoured('parallel-images', number('Images in work at once, 1 to 10 (default: 8)')),
  honoured('parallel-layers', number('Blobs in flight at once, 1 to 10 (default: 12)')),
  honoured('retry-times', number('How often a request that failed in passing is sent again (default: 5)')),
  accepted(
    'retry-delay',
    text('Of no effect'),
    'pauses grow by themselves, and a registry that says how long to wait is believed',
  ),
  honoured('src-tls-verify', flag('false: trust any source certificate, allow plain HTTP')),
  honoured('dest-tls-verify', flag('false: trust any target certificate, allow plain HTTP')),
  accepted('policy', text('Of no effect'), 'it belongs to --secure-policy'),
  accepted(
    'registries.d',
    text('Of no effect'),
    'signatures are found beside their image, by tag and by referrers',
  ),
  ...hidden(
    honoured('v2', flag('What is read here anyway')),
    declined(
      'v1',
      flag('Refused'),
      'see docs/migrate/from-oc-mirror-v1.md: plan and apply read image sets of v1',
    ),
    honoured('tls-verify', flag('Both --src-tls-verify and --dest-tls-verify')),
    accepted('cpu-prof', flag('Of no effect'), NO_PROFILE),
    accepted('mem-prof', flag('Of no effect'), NO_PROFILE),
  ),
  ...ofOneSide('src'),
  ...ofOneSide('dest'),
  ...hidden(
    accepted('dest-compress', flag('Of no effect'), UNTOUCHED),
    accepted('dest-decompress', flag('Of no effect'), UNTOUCHED),
    accepted('dest-oci-accept-uncompressed-layers', flag('Of no effect'), UNTOUCHED),
    accepted('dest-compress-format', text('Of no effect'), UNTOUCHED),
    accepted('dest-compress-level', number('Of no effect'), UNTOUCHED),
    accepted('dest-precompute-digests', flag('Of no effect'), UNTOUCHED),
  ),
]

export const MIRROR_FLAGS: readonly OcFlag[] = [
  honoured('from', text('file://FOLDER that the images were written to')),
  honoured('dry-run', flag('Plan only')),
  honoured('dry-run-manifest-lists', flag('Plan only')),
  honoured('since', text('yyyy-MM-dd: do not count on earlier archives, only on what a receipt confirms')),
  accepted(
    'image-timeout',
    text('Of no effect'),
    'an image may take as long as bytes arrive; a connection that stands still is tried again',
  ),
  declined(
    'secure-policy',
    flag('Refused'),
    'mirrorform does not check signatures of images by a policy; check them at the source (cosign verify), or mirror with `skopeo copy --policy`',
  ),
  honoured('remove-signatures', flag('Leave signatures and other attachments behind')),
  honoured('ignore-release-signature', flag('Take the payload of platform.release without its signature')),
  honoured('max-nested-paths', number('Fold repository paths to this many components')),
  accepted(
    'strict-archive',
    flag('Of no effect'),
    'the limit always holds: layers that are larger are split',
  ),
  accepted('rootless-storage-path', text('Of no effect'), NO_EFFECT),
  ...hidden(
    accepted('force', { ...flag('Of no effect'), alias: 'f' }, NO_EFFECT),
    accepted('quiet', { ...flag('Of no effect'), alias: 'q' }, NO_EFFECT),
  ),
]

export const DELETE_FLAGS: readonly OcFlag[] = [
  honoured('generate', flag('Write the list of what would be deleted, and the plan beside it')),
  honoured('delete-yaml-file', text('Delete what this list names')),
  honoured('delete-id', text('Part of the names of the files that are written')),
  accepted('force-cache-delete', flag('Of no effect'), NO_CACHE),
  accepted('delete-signatures', flag('Of no effect'), 'signatures always go with their image'),
  accepted(
    'delete-v1-images',
    flag('Of no effect'),
    'what is deleted is what the state owns; `mirrorform import` takes images of v1 into it',
  ),
]
