import { EventStoreDBClient } from '@eventstore/db-client'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { generate } from 'selfsigned'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { EmbeddedNode } from './node.ts'
import { downloadBackup } from './backup.ts'
import { startNode } from './node.ts'
import { collect, numbered, openNode, refusalOf } from './testing/openNode.ts'

let folder = ''
let node: EmbeddedNode | undefined
let caFile = ''

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'kessai-tls-'))
  const { cert, private: key } = await generate([{ name: 'commonName', value: 'localhost' }], {
    extensions: [
      { name: 'basicConstraints', cA: true },
      {
        name: 'subjectAltName',
        altNames: [
          { type: 2, value: 'localhost' },
          { type: 7, ip: '127.0.0.1' },
        ],
      },
    ],
  })
  caFile = join(folder, 'ca.pem')
  writeFileSync(caFile, cert)
  node = await startNode({ file: ':memory:', tls: { cert, key }, users: { admin: 'changeit', other: 'p:w' } })
})
afterAll(async () => {
  await node?.stop()
  rmSync(folder, { recursive: true, force: true })
})

const connect = (userInfo: string) => {
  const authority = `${userInfo}localhost:${node?.port ?? 0}`
  return EventStoreDBClient.connectionString(`esdb://${authority}?tls=true&tlsCAFile=${caFile}`)
}

describe('a node with a certificate', () => {
  it('serves who knows a password, by both append protocols', async () => {
    const client = connect('admin:changeit@')
    await client.appendToStream('s', numbered(1))
    const credentials = { username: 'other', password: 'p:w' }
    await client.appendToStream('s', numbered(1), { credentials })
    expect(await collect(client.readStream('s', { credentials }))).toHaveLength(2)
    expect(node?.connectionString).toBe(`esdb://admin:changeit@127.0.0.1:${node?.port}?tls=true`)
    await client.dispose()
  })

  it.each([
    { who: 'nobody', credentials: undefined },
    { who: 'a wrong password', credentials: { username: 'admin', password: 'hunter2' } },
    { who: 'an unknown user', credentials: { username: 'AzureDiamond', password: 'changeit' } },
  ])('lets $who neither read nor write', async ({ credentials }) => {
    const client = connect('')
    const as = credentials === undefined ? {} : { credentials }
    const attempts = [
      client.appendToStream('t', numbered(1), as),
      collect(client.readStream('s', as)),
      collect(client.readAll(as)),
      client.deleteStream('s', as),
      client.tombstoneStream('s', as),
    ]
    const refusals = await Promise.all(attempts.map(refusalOf))
    expect(refusals).toEqual(attempts.map(() => 'access-denied'))
    await client.dispose()
  })
})

describe('an access list on a node with a certificate', () => {
  it('stops no user, because each is an administrator, and everybody else is a stranger', async () => {
    const client = connect('admin:changeit@')
    const credentials = { username: 'other', password: 'p:w' }
    await client.setStreamMetadata('guarded', { acl: { readRoles: [], writeRoles: [], metaReadRoles: [] } })
    await client.appendToStream('guarded', numbered(1), { credentials })
    expect(await collect(client.readStream('guarded', { credentials }))).toHaveLength(1)
    await client.setStreamMetadata('guarded', { acl: { readRoles: ['$all'] } })
    const stranger = connect('')
    expect(await refusalOf(collect(stranger.readStream('guarded')))).toBe('access-denied')
    expect(await refusalOf(stranger.getStreamMetadata('guarded'))).toBe('access-denied')
    await stranger.dispose()
    await client.dispose()
  })
})

describe('a stranger', () => {
  it('is refused append by append and does not fail those of others in the same process', async () => {
    const [client, stranger] = [connect('admin:changeit@'), connect('')]
    const attempts = Array.from({ length: 60 }, async (_, index) =>
      refusalOf((index % 2 === 0 ? client : stranger).appendToStream(`mixed-${index}`, numbered(1))),
    )
    expect(await Promise.all(attempts)).toEqual(
      Array.from({ length: 60 }, (_, index) => (index % 2 === 0 ? 'none' : 'access-denied')),
    )
    await stranger.dispose()
    await client.dispose()
  })

  it('gets no backup; a user does', async () => {
    const file = join(folder, 'copy.db')
    const at = (userInfo: string) => `esdb://${userInfo}localhost:${node?.port ?? 0}?tls=true`
    const download = async (userInfo: string) =>
      downloadBackup({ connectionString: at(userInfo), caFile, file })
    await expect(download('')).rejects.toThrow(/gives no backup: Access Denied/)
    await expect(download('admin:hunter2@')).rejects.toThrow(/password is wrong/)
    expect((await download('other:p%3Aw@')).events).toBeGreaterThan(0)
  })
})

describe('a client that trusts nobody or speaks in clear', () => {
  it('hears unavailable', async () => {
    const authority = `localhost:${node?.port ?? 0}`
    for (const query of ['tls=true', 'tls=false']) {
      const client = EventStoreDBClient.connectionString(`esdb://admin:changeit@${authority}?${query}`)
      expect(await refusalOf(collect(client.readStream('s')))).toBe('unavailable')
      await client.dispose()
    }
  })
})

describe('discovery', () => {
  it('works over TLS, by the name the certificate has', async () => {
    const seed = `localhost:${node?.port ?? 0}`
    const query = `tls=true&tlsCAFile=${caFile}`
    const client = EventStoreDBClient.connectionString(`esdb+discover://admin:changeit@${seed}?${query}`)
    await client.appendToStream('discovered', numbered(1))
    expect(await collect(client.readStream('discovered'))).toHaveLength(1)
    await client.dispose()
  })

  it('finds a cluster of one, by gossip', async () => {
    await using opened = await openNode()
    const { port } = opened.node
    const seeds = `127.0.0.1:${port},localhost:${port}`
    const client = EventStoreDBClient.connectionString(`esdb://${seeds}?tls=false&nodePreference=leader`)
    await client.appendToStream('s', numbered(2))
    expect(await collect(client.readStream('s'))).toHaveLength(2)
    const discovering = EventStoreDBClient.connectionString(`esdb+discover://127.0.0.1:${port}?tls=false`)
    expect(await collect(discovering.readStream('s'))).toHaveLength(2)
    await client.dispose()
    await discovering.dispose()
  })
})
