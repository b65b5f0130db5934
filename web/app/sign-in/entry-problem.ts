/** Why nobody got in; a key of the words that say so. */
export type EntryProblem =
  | 'wrong'
  | 'inUse'
  | 'weak'
  | 'throttled'
  | 'closed'
  | 'offline'
  | 'disabled'
  | 'email'
  | 'link'
  | 'otherWay'
  | 'resting'
  | 'unavailable'
  | 'refused'

/** By the SDK's codes (Firebase, AuthErrorCodes). An unknown address and a wrong password are told apart by nobody. */
const BY_CODE: Readonly<Record<string, EntryProblem>> = {
  'auth/invalid-credential': 'wrong',
  'auth/invalid-login-credentials': 'wrong',
  'auth/wrong-password': 'wrong',
  'auth/user-not-found': 'wrong',
  'auth/missing-password': 'wrong',
  'auth/email-already-in-use': 'inUse',
  'auth/weak-password': 'weak',
  'auth/password-does-not-meet-requirements': 'weak',
  'auth/too-many-requests': 'throttled',
  'auth/quota-exceeded': 'throttled',
  'auth/popup-closed-by-user': 'closed',
  'auth/cancelled-popup-request': 'closed',
  'auth/user-cancelled': 'closed',
  'auth/redirect-cancelled-by-user': 'closed',
  'auth/network-request-failed': 'offline',
  'auth/timeout': 'offline',
  'auth/internal-error': 'offline',
  'auth/user-disabled': 'disabled',
  'auth/invalid-email': 'email',
  'auth/missing-email': 'email',
  'auth/expired-action-code': 'link',
  'auth/invalid-action-code': 'link',
  'auth/account-exists-with-different-credential': 'otherWay',
  'auth/operation-not-allowed': 'unavailable',
  'auth/admin-restricted-operation': 'unavailable',
  'auth/unauthorized-domain': 'unavailable',
  'auth/invalid-api-key': 'unavailable',
  'auth/configuration-not-found': 'unavailable',
}

/** What to tell about something that was thrown; code of the SDK that could not be loaded is a missing connection. */
export const entryProblemOf = (error: unknown): EntryProblem => {
  const code: unknown = typeof error === 'object' && error !== null ? Reflect.get(error, 'code') : undefined
  if (typeof code === 'string') return BY_CODE[code] ?? 'refused'
  return error instanceof TypeError || (error instanceof DOMException && error.name === 'TimeoutError')
    ? 'offline'
    : 'refused'
}

/** Whether a pop-up cannot be had here, so that the whole page must go and come back. */
export const isWithoutPopup = (error: unknown): boolean => {
  const code: unknown = typeof error === 'object' && error !== null ? Reflect.get(error, 'code') : undefined
  return code === 'auth/popup-blocked' || code === 'auth/operation-not-supported-in-this-environment'
}
