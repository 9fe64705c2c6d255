/**
 * Writes the published schemas from the ones the program uses. Run it from anywhere after changing a schema:
 * `node --import tsx lib/config/schema/write.ts`
 */
import { writeFileSync } from 'node:fs'
import { DELETE_SET_SCHEMA } from './deleteset-v2alpha1.ts'
import { V1_IMAGE_SET_SCHEMA } from './imageset-v1alpha2.ts'
import { IMAGE_SET_SCHEMA } from './imageset-v2alpha1.ts'
import { MIRROR_SCHEMA } from './mirror-v1alpha1.ts'
import { schemaText } from './schema-text.ts'

const folder = new URL('../../../docs/schema/', import.meta.url)
writeFileSync(new URL('imageset-v1alpha2.schema.json', folder), schemaText(V1_IMAGE_SET_SCHEMA))
writeFileSync(new URL('imageset-v2alpha1.schema.json', folder), schemaText(IMAGE_SET_SCHEMA))
writeFileSync(new URL('mirror-v1alpha1.schema.json', folder), schemaText(MIRROR_SCHEMA))
writeFileSync(new URL('deleteset-v2alpha1.schema.json', folder), schemaText(DELETE_SET_SCHEMA))
