import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { spellingsOf, tracesOf } from './traces.ts'

const SECRETS = ['纐纈 百合香', 'yurika.kouketsu.7731@example.com']
const around = (bytes: Uint8Array): Buffer =>
  Buffer.concat([Buffer.from('before '), bytes, Buffer.from(' after')])
const found = (bytes: Uint8Array) => tracesOf(SECRETS, [{ name: 'file', bytes: Buffer.from(bytes) }])

describe('the search for traces', () => {
  it.each(SECRETS)('finds %s in every spelling', (secret) => {
    for (const [spelling, needle] of spellingsOf(secret))
      expect(found(around(needle))).toContain(`file: ${secret} as ${spelling}`)
  })

  it.each([0, 1, 2])('finds what is inside base64 that began %i letters earlier', (before) => {
    for (const encoding of ['base64', 'base64url'] as const)
      for (const secret of SECRETS) {
        const text = Buffer.from(`${'x'.repeat(before)}${secret}, and more`).toString(encoding)
        expect(found(Buffer.from(text))).not.toEqual([])
      }
  })

  it('finds what others would write', () => {
    const [name = '', email = ''] = SECRETS
    expect(found(Buffer.from(encodeURIComponent(name)))).not.toEqual([])
    expect(found(Buffer.from(new URLSearchParams({ email }).toString()))).not.toEqual([])
    expect(found(Buffer.from(name, 'utf16le'))).not.toEqual([])
    expect(found(around(gzipSync(Buffer.from(`{"name":"${name}"}`))))).toContain(
      `file (unpacked): ${name} as utf-8`,
    )
  })

  it('finds nothing where there is nothing', () => {
    expect(found(gzipSync(Buffer.from('山田 花子, hanako@example.com')))).toEqual([])
  })
})
