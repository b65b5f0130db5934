import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join, relative } from 'node:path'
import { constants, inflateRawSync } from 'node:zlib'

/** Bytes to be searched, under the name that a finding is told by. */
export interface Searched {
  readonly name: string
  readonly bytes: Buffer
}

/** Every file below a folder. */
export const filesIn = (folder: string): Searched[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile())
    .map((path) => ({ name: relative(folder, path), bytes: readFileSync(path) }))

const utf16be = (text: string): Buffer => Buffer.from(text, 'utf16le').swap16()

const escaped = (text: string): string =>
  Array.from({ length: text.length }, (_, index) => text.charCodeAt(index))
    .map((unit) => (unit < 0x80 ? String.fromCharCode(unit) : `\\u${unit.toString(16).padStart(4, '0')}`))
    .join('')

/** How bytes look in base64 that begins before them: what surrounds them decides the first and the last letters. */
const base64At = (bytes: Buffer, offset: 0 | 1 | 2): string => {
  const text = Buffer.concat([Buffer.alloc(offset), bytes]).toString('base64')
  const whole = Math.floor(((bytes.length + offset) * 8) / 6)
  return text.slice(Math.ceil((offset * 8) / 6), whole)
}

const percent = (bytes: Buffer): string =>
  [...bytes].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('')

/** Every way the secret may be written down that a reader could undo without a key. */
export const spellingsOf = (secret: string): ReadonlyMap<string, Buffer> => {
  const utf8 = Buffer.from(secret, 'utf8')
  const wide = Buffer.from(secret, 'utf16le')
  const texts: [string, string][] = [
    ['utf-8', secret],
    ['utf-8, decomposed', secret.normalize('NFD')],
    ['utf-8, lower case', secret.toLowerCase()],
    ['hex', utf8.toString('hex')],
    ['hex, upper case', utf8.toString('hex').toUpperCase()],
    ['percent', percent(utf8)],
    ['percent, upper case', percent(utf8).toUpperCase()],
    ['percent, as a URI', encodeURIComponent(secret)],
    ['JSON escapes', escaped(secret)],
    [
      'JSON escapes, upper case',
      escaped(secret).replaceAll(/\\u[0-9a-f]{4}/g, (unit) => `\\u${unit.slice(2).toUpperCase()}`),
    ],
  ]
  for (const offset of [0, 1, 2] as const)
    for (const [what, bytes] of [
      ['utf-8', utf8],
      ['utf-16', wide],
    ] as const) {
      const text = base64At(bytes, offset)
      texts.push([`base64 of ${what}, ${offset}`, text])
      texts.push([`base64url of ${what}, ${offset}`, text.replaceAll('+', '-').replaceAll('/', '_')])
    }
  return new Map([
    ...texts.map(([what, text]) => [what, Buffer.from(text, 'utf8')] as const),
    ['utf-16le', wide],
    ['utf-16be', utf16be(secret)],
  ])
}

const GZIP = Buffer.from([0x1f, 0x8b, 0x08])
const MOST_MEMBERS = 50
const LARGEST_MEMBER_BYTES = 256 * 1_024 * 1_024

/** Where the packed bytes begin after a member's header (RFC 1952): a file's name and other notes may stand in between. */
const afterHeader = (member: Buffer): Buffer => {
  const flags = member[3] ?? 0
  let at = 10
  if ((flags & 0b100) !== 0) at += 2 + member.readUInt16LE(at)
  for (const text of [0b1000, 0b1_0000]) if ((flags & text) !== 0) at = member.indexOf(0, at) + 1
  if ((flags & 0b10) !== 0) at += 2
  return member.subarray(at)
}

/** What is packed inside, wherever it begins; three bytes that only look like a beginning open to nothing. */
const membersOf = ({ name, bytes }: Searched): Searched[] => {
  const found: Searched[] = []
  for (let at = bytes.indexOf(GZIP); at >= 0 && found.length < MOST_MEMBERS; at = bytes.indexOf(GZIP, at + 1))
    try {
      const opened = inflateRawSync(afterHeader(bytes.subarray(at)), {
        finishFlush: constants.Z_SYNC_FLUSH,
        maxOutputLength: LARGEST_MEMBER_BYTES,
      })
      found.push({ name: `${name} (unpacked)`, bytes: opened })
    } catch {
      // Not packed after all.
    }
  return found
}

/** Where any of the secrets can still be read, however it is written down: `file: secret as spelling`. */
export const tracesOf = (secrets: readonly string[], searched: readonly Searched[]): string[] => {
  const spellings = secrets.flatMap((secret) =>
    [...spellingsOf(secret)].map(([spelling, needle]) => ({ secret, spelling, needle })),
  )
  return searched
    .flatMap((file) => [file, ...membersOf(file)])
    .flatMap(({ name, bytes }) =>
      spellings
        .filter(({ needle }) => bytes.includes(needle))
        .map(({ secret, spelling }) => `${name}: ${secret} as ${spelling}`),
    )
}
