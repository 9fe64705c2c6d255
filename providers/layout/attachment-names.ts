/** Which tags name something attached to an image rather than an image: cosign's, and the list of referrers. */
const ATTACHMENT = /^sha(?:256|512)-[0-9a-f]{64,}(?:\.[a-z0-9]+)?$/

export function isAttachmentTag(tag: string): boolean {
  return ATTACHMENT.test(tag)
}
