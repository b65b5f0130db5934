import { z } from 'zod'

/** What the shop is told of its Firebase project. None of it is a secret: the browser is told the same. */
export const firebaseVariables = {
  FIREBASE_PROJECT_ID: z
    .string()
    .regex(/^[a-z][a-z0-9-]{4,28}[a-z0-9]$/, 'the id of a Firebase project')
    .optional(),
  FIREBASE_WEB_API_KEY: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,100}$/, 'the key of a web app of the project')
    .optional(),
  FIREBASE_AUTH_DOMAIN: z
    .string()
    .regex(/^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/, 'a host, without a scheme')
    .optional(),
  FIREBASE_AUTH_EMULATOR_HOST: z
    .string()
    .regex(/^[A-Za-z0-9.-]{1,253}:\d{1,5}$/, 'host:port, without a scheme')
    .optional(),
} as const

interface FirebaseVariables {
  readonly NODE_ENV: string
  readonly FIREBASE_PROJECT_ID?: string | undefined
  readonly FIREBASE_WEB_API_KEY?: string | undefined
  readonly FIREBASE_AUTH_DOMAIN?: string | undefined
  readonly FIREBASE_AUTH_EMULATOR_HOST?: string | undefined
}

/** A Firebase project that signs people in. */
export interface FirebaseProject {
  readonly projectId: string
  /** Names the project's web app to Google; it opens nothing by itself. */
  readonly apiKey: string
  /** Where Google sends people back to. */
  readonly authDomain: string
  /** `host:port` of an emulator that stands in for Firebase; never in production. */
  readonly emulatorHost?: string
}

/** Whatever is said to it, the emulator takes it for a key. */
const KEY_FOR_THE_EMULATOR = 'emulator'

/** The project people sign in with; undefined where the development issuer stands in. */
export const firebaseOf = (config: FirebaseVariables): FirebaseProject | undefined => {
  const { FIREBASE_PROJECT_ID: projectId, FIREBASE_AUTH_EMULATOR_HOST: emulatorHost } = config
  if (projectId === undefined) return undefined
  return {
    projectId,
    apiKey: config.FIREBASE_WEB_API_KEY ?? KEY_FOR_THE_EMULATOR,
    authDomain: config.FIREBASE_AUTH_DOMAIN ?? `${projectId}.firebaseapp.com`,
    ...(emulatorHost === undefined ? {} : { emulatorHost }),
  }
}

/** What must not start, in a sentence; undefined when nothing is wrong. */
export const firebaseContradiction = (config: FirebaseVariables): string | undefined => {
  const { FIREBASE_PROJECT_ID, FIREBASE_WEB_API_KEY, FIREBASE_AUTH_DOMAIN, FIREBASE_AUTH_EMULATOR_HOST } =
    config
  if (config.NODE_ENV === 'production' && FIREBASE_AUTH_EMULATOR_HOST !== undefined)
    return 'FIREBASE_AUTH_EMULATOR_HOST is set in production: an emulator’s tokens are not signed, so anybody could be anybody; unset it'
  if (FIREBASE_PROJECT_ID === undefined)
    return [FIREBASE_WEB_API_KEY, FIREBASE_AUTH_DOMAIN, FIREBASE_AUTH_EMULATOR_HOST].some(
      (value) => value !== undefined,
    )
      ? 'FIREBASE_WEB_API_KEY, FIREBASE_AUTH_DOMAIN and FIREBASE_AUTH_EMULATOR_HOST are of a project: FIREBASE_PROJECT_ID is missing'
      : undefined
  if (FIREBASE_WEB_API_KEY === undefined && FIREBASE_AUTH_EMULATOR_HOST === undefined)
    return 'FIREBASE_PROJECT_ID needs FIREBASE_WEB_API_KEY: without it no browser can sign in'
  return undefined
}
