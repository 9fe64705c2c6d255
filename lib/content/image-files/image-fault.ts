/** What is wrong with the content of an image that was read to look into it: named with its image, layer and entry. */
import { MirrorformError } from '../../errors.ts'

/** An image whose layers, config or manifest break their format, or the limits of what is read into memory. */
export class ImageFault extends MirrorformError {}
