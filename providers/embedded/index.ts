/** A small OCI registry over a layout folder. */
export { collectRegistryGarbage } from './garbage.ts'
export type {
  Fault,
  RecordedRequest,
  RegistryAuth,
  RegistryServer,
  RegistryServerOptions,
  RequestSubject,
} from './registry-server.ts'
export { startRegistryServer } from './server.ts'
