import { z } from 'zod'
import { firebaseOf } from '#platform/config/firebase.ts'
import type { ApiDependencies } from './dependencies.ts'

/** How a browser comes by an ID token for `POST /api/auth/session`. Everything in it is public. */
export const SignIn = z.discriminatedUnion('kind', [
  z.object({
    /** `POST /api/dev/sign-in` gives one to whoever asks. */
    kind: z.literal('development'),
  }),
  z.object({
    /** Firebase's web SDK, with these settings. */
    kind: z.literal('firebase'),
    projectId: z.string(),
    apiKey: z.string(),
    authDomain: z.string(),
    /** `host:port` of an emulator that stands in for Firebase. */
    emulatorHost: z.string().optional(),
  }),
  z.object({
    /** By an issuer that browsers are told of elsewhere. */
    kind: z.literal('elsewhere'),
  }),
])
export type SignIn = z.infer<typeof SignIn>

export const signInOf = ({
  config,
  developmentIssuer,
}: Pick<ApiDependencies, 'config' | 'developmentIssuer'>): SignIn => {
  if (developmentIssuer !== undefined) return { kind: 'development' }
  const project = firebaseOf(config)
  return project === undefined ? { kind: 'elsewhere' } : { kind: 'firebase', ...project }
}
