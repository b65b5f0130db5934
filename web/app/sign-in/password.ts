/** NIST SP 800-63B, 5.1.1.2: eight characters at least, as people count them. */
const FEWEST = 8

export const isLongEnough = (password: string): boolean => [...password].length >= FEWEST
