import { randomBytes } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, describe, expect, it } from 'vitest'
import { keyringContract } from './contract.ts'
import { loadMasterKey } from './master-key.ts'
import { KeyringRefused } from './port.ts'
import { openSqliteKeyring, rotateMasterKey } from './sqlite.ts'

const directory = mkdtempSync(join(tmpdir(), 'kessai-keyring-'))
afterAll(() => {
  rmSync(directory, { recursive: true, force: true })
})
let files = 0
const newFile = (): string => join(directory, `keyring-${(files += 1)}.db`)

keyringContract('memory', async () => openSqliteKeyring(':memory:', randomBytes(32)))
keyringContract('a SQLite file', async () => openSqliteKeyring(newFile(), randomBytes(32)))

describe('a keyring file', () => {
  it('opens after a restart what was sealed before it, and stays closed where it was forgotten', async () => {
    const [file, masterKey] = [newFile(), randomBytes(32)]
    const before = openSqliteKeyring(file, masterKey)
    const kept = await before.seal('taro', 'contact', { name: 'Taro' })
    const forgotten = await before.seal('hanako', 'contact', { name: 'Hanako' })
    await before.forget('hanako')
    await before.close()
    const after = openSqliteKeyring(file, masterKey)
    expect(await after.open(kept, 'contact')).toEqual({ name: 'Taro' })
    expect(await after.open(forgotten, 'contact')).toBe('forgotten')
    await after.close()
  })

  it('is shared by processes: what one forgets, the other no longer opens', async () => {
    const [file, masterKey] = [newFile(), randomBytes(32)]
    const [one, other] = [openSqliteKeyring(file, masterKey), openSqliteKeyring(file, masterKey)]
    const envelope = await one.seal('hanako', 'contact', { name: 'Hanako' })
    expect(await other.open(envelope, 'contact')).toEqual({ name: 'Hanako' })
    await other.forget('hanako')
    expect(await one.open(envelope, 'contact')).toBe('forgotten')
    await Promise.all([one.close(), other.close()])
  })

  it('holds no trace of a destroyed key', async () => {
    const [file, masterKey] = [newFile(), randomBytes(32)]
    const keyring = openSqliteKeyring(file, masterKey)
    await keyring.seal('hanako', 'contact', { name: 'Hanako' })
    const wrappedKeys = () =>
      [file, `${file}-wal`]
        .map((path) => readFileSync(path, 'latin1'))
        .join('')
        .match(/"ciphertext"/g)?.length ?? 0
    expect(wrappedKeys()).toBeGreaterThan(0)
    await keyring.forget('hanako')
    expect(wrappedKeys()).toBe(0)
    await keyring.close()
  })

  it('does not say that a key is destroyed while a backup that is being made keeps it in the file', async () => {
    const [file, masterKey] = [newFile(), randomBytes(32)]
    const keyring = openSqliteKeyring(file, masterKey)
    const envelope = await keyring.seal('hanako', 'contact', { name: 'Hanako' })
    const reader = new DatabaseSync(file)
    reader.exec('BEGIN; SELECT count(*) FROM customer_keys')
    await expect(keyring.forget('hanako', 'request-1')).rejects.toThrow('write-ahead log')
    expect(await keyring.open(envelope, 'contact')).toBe('forgotten')
    reader.close()
    await keyring.forget('hanako', 'request-1')
    expect(readFileSync(`${file}-wal`, 'latin1')).toBe('')
    await keyring.close()
  })

  it('is readable by its owner alone, and so is what SQLite puts beside it', async () => {
    const file = newFile()
    const keyring = openSqliteKeyring(file, randomBytes(32))
    await keyring.seal('hanako', 'contact', {})
    expect([file, `${file}-wal`].map((path) => statSync(path).mode & 0o777)).toEqual([0o600, 0o600])
    await keyring.close()
  })

  it('refuses a wrong master key at once, instead of taking everybody for forgotten', async () => {
    const file = newFile()
    await openSqliteKeyring(file, randomBytes(32)).close()
    expect(() => openSqliteKeyring(file, randomBytes(32))).toThrow(KeyringRefused)
  })

  it('opens every envelope after the master key was rotated, and only with the new one', async () => {
    const [file, from, to] = [newFile(), randomBytes(32), randomBytes(32)]
    const before = openSqliteKeyring(file, from)
    const envelope = await before.seal('taro', 'contact', { name: 'Taro' })
    const forgotten = await before.seal('hanako', 'contact', { name: 'Hanako' })
    await before.forget('hanako')
    await before.close()
    rotateMasterKey(file, from, to)
    expect(() => openSqliteKeyring(file, from)).toThrow(KeyringRefused)
    const after = openSqliteKeyring(file, to)
    expect(await after.open(envelope, 'contact')).toEqual({ name: 'Taro' })
    expect(await after.open(forgotten, 'contact')).toBe('forgotten')
    await after.close()
  })
})

describe('the master key', () => {
  it('is made once, readable by its owner alone', () => {
    const dataDir = join(directory, 'made-once')
    const first = loadMasterKey({ dataDir })
    expect(Buffer.from(first)).toHaveLength(32)
    expect(loadMasterKey({ dataDir })).toEqual(first)
    expect(statSync(join(dataDir, 'master.key')).mode & 0o777).toBe(0o600)
  })

  it('comes from the environment before the file', () => {
    const fromEnvironment = randomBytes(32).toString('base64')
    const key = loadMasterKey({ fromEnvironment, dataDir: join(directory, 'unused') })
    expect(Buffer.from(key).toString('base64')).toBe(fromEnvironment)
  })

  it('is refused when it is not 32 bytes', () => {
    const fromEnvironment = randomBytes(16).toString('base64')
    expect(() => loadMasterKey({ fromEnvironment, dataDir: directory })).toThrow(KeyringRefused)
  })
})
