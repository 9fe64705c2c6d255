/**
 * The schema of `kind: DeleteImageSetConfiguration`: the sections of an image set, below `delete`.
 * `docs/schema/deleteset-v2alpha1.schema.json` is written from it (see write.ts).
 */
import { IMAGE_SET_API_VERSION, IMAGE_SET_SCHEMA } from './imageset-v2alpha1.ts'
import type { JsonSchema } from './json-schema.ts'

/** What can be named, and what naming it means here. */
const SECTIONS: readonly (readonly [section: string, description: string])[] = [
  ['platform', 'Releases, by channel and range of versions.'],
  ['operators', 'Bundles of operators; a catalog without packages is deleted itself, with all its bundles.'],
  ['additionalImages', 'Images, as the image set named them.'],
  ['helm', 'Images of Helm charts.'],
  ['samples', 'Images of samples.'],
]

const mirror = IMAGE_SET_SCHEMA.properties?.mirror?.properties ?? {}

export const DELETE_SET_SCHEMA: JsonSchema = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  title: 'DeleteImageSetConfiguration v2alpha1',
  type: 'object',
  description: 'Which of the images that a state owns are deleted, by what asked for them.',
  properties: {
    apiVersion: {
      type: 'string',
      description: 'The format of this file.',
      examples: [IMAGE_SET_API_VERSION],
    },
    kind: { type: 'string', const: 'DeleteImageSetConfiguration', description: 'What this file is.' },
    delete: {
      type: 'object',
      description: 'What to delete.',
      properties: Object.fromEntries(
        SECTIONS.map(([name, description]) => [name, { ...mirror[name], description }]),
      ),
      additionalProperties: false,
    },
  },
  required: ['kind', 'delete'],
  additionalProperties: false,
  ...(IMAGE_SET_SCHEMA.definitions !== undefined && { definitions: IMAGE_SET_SCHEMA.definitions }),
}
