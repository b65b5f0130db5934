import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { KeyringRefused, type Keyring } from './port.ts'

const CONTACT = { name: '山田 花子', phone: '+81 90-0000-0000' }

/** What every keyring must do. `open` is called again to see what survives closing. */
export const keyringContract = (engine: string, open: () => Promise<Keyring>): void => {
  describe(`a keyring in ${engine}`, () => {
    let keyring: Keyring
    beforeEach(async () => {
      keyring = await open()
    })
    afterEach(async () => {
      await keyring.close()
    })

    it('opens what it sealed', async () => {
      const envelope = await keyring.seal('hanako', 'contact', CONTACT)
      expect(await keyring.open(envelope, 'contact')).toEqual(CONTACT)
    })

    it('shows nothing of the content in the envelope', async () => {
      const envelope = await keyring.seal('hanako', 'contact', CONTACT)
      expect(JSON.stringify(envelope)).not.toContain('花子')
      expect(Buffer.from(envelope.ciphertext, 'base64url').toString('utf8')).not.toContain('花子')
    })

    it('seals the same content differently each time', async () => {
      const first = await keyring.seal('hanako', 'contact', CONTACT)
      const second = await keyring.seal('hanako', 'contact', CONTACT)
      expect(second.iv).not.toBe(first.iv)
      expect(second.ciphertext).not.toBe(first.ciphertext)
    })

    it('makes the same fingerprint of the same content, and another for anybody or anything else', async () => {
      const made = await keyring.digest('hanako', 'order', 'a cup')
      expect(await keyring.digest('hanako', 'order', 'a cup')).toBe(made)
      const others = [
        await keyring.digest('hanako', 'order', 'a pot'),
        await keyring.digest('hanako', 'profile', 'a cup'),
        await keyring.digest('taro', 'order', 'a cup'),
      ]
      expect(new Set([made, ...others]).size).toBe(4)
    })

    it('cannot make the fingerprint again of what a forgotten customer sent', async () => {
      const before = await keyring.digest('hanako', 'order', 'a cup')
      await keyring.forget('hanako')
      expect(await keyring.digest('hanako', 'order', 'a cup')).not.toBe(before)
    })

    it('refuses an envelope for another purpose', async () => {
      const envelope = await keyring.seal('hanako', 'contact', CONTACT)
      await expect(keyring.open(envelope, 'delivery')).rejects.toThrow(KeyringRefused)
    })

    it("refuses an envelope passed off as another customer's", async () => {
      const envelope = await keyring.seal('hanako', 'contact', CONTACT)
      const other = await keyring.seal('taro', 'contact', { name: 'Taro' })
      await expect(keyring.open({ ...envelope, keyId: other.keyId }, 'contact')).rejects.toThrow(
        KeyringRefused,
      )
    })

    it.each(['iv', 'ciphertext', 'tag'] as const)('refuses an altered %s', async (part) => {
      const envelope = await keyring.seal('hanako', 'contact', CONTACT)
      const [first = ''] = envelope[part]
      const altered = { ...envelope, [part]: (first === 'A' ? 'B' : 'A') + envelope[part].slice(1) }
      await expect(keyring.open(altered, 'contact')).rejects.toThrow(KeyringRefused)
    })

    it('refuses, rather than calls forgotten, a key it never had', async () => {
      const envelope = await keyring.seal('hanako', 'contact', CONTACT)
      await expect(keyring.open({ ...envelope, keyId: 'nobody.1' }, 'contact')).rejects.toThrow(
        KeyringRefused,
      )
    })

    it('forgets one customer and no other, and forgetting again changes nothing', async () => {
      const forgotten = await keyring.seal('hanako', 'contact', CONTACT)
      const kept = await keyring.seal('taro', 'contact', { name: 'Taro' })
      await keyring.forget('hanako')
      await keyring.forget('hanako')
      await keyring.forget('nobody')
      expect(await keyring.open(forgotten, 'contact')).toBe('forgotten')
      expect(await keyring.open(kept, 'contact')).toEqual({ name: 'Taro' })
    })

    it('forgets once per request, so that a repeat spares the key of who came back', async () => {
      const before = await keyring.seal('hanako', 'contact', CONTACT)
      await keyring.forget('hanako', 'request-1')
      const after = await keyring.seal('hanako', 'contact', CONTACT)
      await keyring.forget('hanako', 'request-1')
      expect(await keyring.open(before, 'contact')).toBe('forgotten')
      expect(await keyring.open(after, 'contact')).toEqual(CONTACT)
      await keyring.forget('hanako', 'request-2')
      expect(await keyring.open(after, 'contact')).toBe('forgotten')
    })

    it('names the key that it would seal with, and another one after each request to forget', async () => {
      const first = await keyring.keyIdOf('hanako')
      expect(await keyring.keyIdOf('hanako')).toBe(first)
      expect((await keyring.seal('hanako', 'contact', CONTACT)).keyId).toBe(first)
      await keyring.forget('hanako', 'request-1')
      const second = await keyring.keyIdOf('hanako')
      // Nothing was sealed since, so there is no key to destroy.
      await keyring.forget('hanako', 'request-2')
      await keyring.forget('hanako', 'request-2')
      const third = await keyring.keyIdOf('hanako')
      expect(new Set([first, second, third]).size).toBe(3)
      expect((await keyring.seal('hanako', 'contact', CONTACT)).keyId).toBe(third)
      expect(await keyring.keyIdOf('hanako')).toBe(third)
      await keyring.forget('nobody', 'request-3')
      expect(await keyring.keyIdOf('nobody')).not.toBe('nobody.1')
    })

    it('knows up to where requests were carried out, and never less than before', async () => {
      expect(await keyring.forgottenUpTo()).toBeUndefined()
      await keyring.noteForgottenUpTo(7)
      await keyring.noteForgottenUpTo(3)
      expect(await keyring.forgottenUpTo()).toBe(7)
    })

    it('seals anew for a customer who comes back, without opening what was forgotten', async () => {
      const before = await keyring.seal('hanako', 'contact', CONTACT)
      await keyring.forget('hanako')
      const after = await keyring.seal('hanako', 'contact', CONTACT)
      expect(await keyring.open(after, 'contact')).toEqual(CONTACT)
      expect(await keyring.open(before, 'contact')).toBe('forgotten')
    })
  })
}
