import type { FirebaseProject } from '#platform/config/firebase.ts'

/** Origins, by what a page may do with them. */
export interface SignInHosts {
  readonly connect: readonly string[]
  readonly script: readonly string[]
  readonly frame: readonly string[]
}

/**
 * Where Firebase's web SDK goes: accounts, tokens, and for a pop-up of Google its loader and a frame of the project's own
 * domain. With an emulator, that and the loader alone.
 */
export const signInHostsOf = ({ authDomain, emulatorHost }: FirebaseProject): SignInHosts => {
  const script = ['https://apis.google.com']
  if (emulatorHost !== undefined) {
    const emulator = `http://${emulatorHost}`
    return { connect: [emulator], script, frame: [emulator] }
  }
  return {
    connect: ['https://identitytoolkit.googleapis.com', 'https://securetoken.googleapis.com', ...script],
    script,
    frame: [`https://${authDomain}`],
  }
}
