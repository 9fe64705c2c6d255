/** Whether a registry holds what was copied: a bench whose sides do not do the same work measures nothing. */
import { execFileSync } from 'node:child_process'
import { MANIFEST_ACCEPT } from '../lib/oci/media-types.ts'
import type { PushedImage } from './images.ts'

/** @param base `http://127.0.0.1:5000/v2/prefix`. @throws Error naming the first image that is not there as it should. */
export async function assertHolds(base: string, images: readonly PushedImage[]): Promise<void> {
  for (const { repository, tag, digest } of images) {
    const url = `${base}/${repository}/manifests/${tag}`
    const answer = await fetch(url, { method: 'HEAD', headers: { accept: MANIFEST_ACCEPT } })
    const held = answer.headers.get('docker-content-digest')
    if (held !== digest) throw new Error(`${url}: ${answer.status} ${held ?? ''}, expected ${digest}`)
  }
}

/** Waits until what was written is on disk, so that one run does not pay for the one before. */
export function settleDisk(): void {
  execFileSync('sync')
}
