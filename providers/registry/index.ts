/** Images in registries: the OCI distribution and Docker v2 API as a source and as a target. */
export { openRegistries } from './access.ts'
export { CredentialError } from './auth/credential-file.ts'
export { BlockedRegistryError } from './conf/endpoints.ts'
export { RegistriesConfError } from './conf/registries-conf.ts'
export { GuardError } from './http/guard.ts'
export { RegistryError } from './http/registry-error.ts'
export { CertificateError } from './http/trust.ts'
export type {
  Clock,
  ProfileStore,
  RegistryAccess,
  RegistryOptions,
  RequestRecord,
  Timeouts,
} from './options.ts'
export { parseBandwidth } from './pace/bandwidth.ts'
export type { HostProfile } from './profile/host-profile.ts'
export { openProfileFiles } from './profile/profile-files.ts'
