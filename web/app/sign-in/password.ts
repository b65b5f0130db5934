/** NIST SP 800-63B, 5.1.1.2: eight characters at least, a code point each. */
const FEWEST = 8

export const isLongEnough = (password: string): boolean => Array.from(password).length >= FEWEST
