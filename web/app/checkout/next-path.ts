/**
 * Where to go after signing in: a page of this shop, or undefined. An address of another site must not come out of a
 * link to the sign-in page, and browsers read `//host` and `/\host` as one.
 */
export const nextPath = (wanted: unknown): string | undefined => {
  if (typeof wanted !== 'string' || wanted.length > LONGEST) return undefined
  // Tabs and line breaks inside an address are dropped by browsers, which would make `/\t/host` of it.
  if (!/^\/(?![/\\])[\x21-\x5b\x5d-\x7e\u00a1-\uffff]*$/.test(wanted)) return undefined
  return /^\/(?:[a-z]{2}\/)?(?:sign-in|sign-up|reset-password)(?:[/?#]|$)/.test(wanted) ? undefined : wanted
}

const LONGEST = 1_000
