import { createServer, type AddressInfo } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { startFaultProxy, type FaultProxy } from '../../tests/contract/eventstore/fault-proxy.ts'
import { openMongoReadStore } from './mongodb.ts'
import { ReadStoreUnavailable, StaleFence, type ReadStore, type Write } from './port.ts'
import { dropDatabase, MONGODB_SERVERS, newDatabaseUrl } from './testing.ts'

const PATIENCE_MS = 30_000

const put = (id: string, position: number, by = 'near'): Write => ({
  kind: 'put',
  collection: 'teas@1',
  id,
  position,
  body: { by, leaves: 'x'.repeat(200) },
})
const drop = (id: string): Write => ({ kind: 'delete', collection: 'teas@1', id })
const checkpoint = (position: number) => ({ name: 'teas@1', position })

/** A server on this machine that takes connections and never says a word; ends with the spec. */
const silentServer = async (): Promise<number> => {
  const server = createServer((socket) => socket.on('error', () => {}).resume())
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  onTestFinished(() => {
    server.close()
  })
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a TCP server that listens has an address with a port
  return (server.address() as AddressInfo).port
}

/** One database, twice: near, and far behind a connection that misbehaves as told. Ends with the spec. */
const nearAndFar = async (
  server: string,
  timeouts = { reachTimeoutMs: 10_000, answerTimeoutMs: 30_000 },
): Promise<{ readonly near: ReadStore; readonly far: ReadStore; readonly proxy: FaultProxy }> => {
  const url = newDatabaseUrl(server)
  const proxy = await startFaultProxy(Number(/:(\d+)\//.exec(url)?.[1] ?? 27_017))
  const farUrl = url.replace(/(\/\/(?:[^@/]*@)?)[^/]+/, `$1127.0.0.1:${proxy.port}`)
  const near = openMongoReadStore({ url })
  const far = openMongoReadStore({
    // Found by its own name, the server would be asked without the proxy.
    url: `${farUrl}${farUrl.includes('?') ? '&' : '?'}directConnection=true`,
    ...timeouts,
  })
  onTestFinished(async () => {
    await far.close()
    await near.close()
    await proxy.close()
    await dropDatabase(url)
  })
  await near.prepare([{ name: 'teas@1', indexes: [] }])
  await far.checkpoint('teas@1')
  return { near, far, proxy }
}

const idsAt = async (store: ReadStore): Promise<Record<string, number>> =>
  Object.fromEntries(
    (await store.find('teas@1', { limit: 1_000 })).items.map(({ id, position }) => [id, position]),
  )

/** Does something after the far store has had its next answer, while its question after that is on its way. */
const beforeTheNextQuestionArrives = async (
  proxy: FaultProxy,
  work: () => Promise<void>,
  meddle: () => Promise<void>,
): Promise<void> => {
  proxy.rule('to-server', { kind: 'hold-after-answer' })
  const working = work()
  // Whatever comes of it is looked at below; until then nobody else must be told.
  working.catch(() => {})
  await expect.poll(() => proxy.holds('to-server'), { timeout: PATIENCE_MS, interval: 2 }).toBe(true)
  await meddle()
  await proxy.heal()
  await working
}

describe('a MongoDB that is away', () => {
  it.each([
    ['that refuses connections', () => Promise.resolve(9)],
    ['that says nothing', silentServer],
  ])('%s is named in the error of every call, within the time, and its password is not', async (_, start) => {
    const port = await start()
    const url = `mongodb://tea:oolong@127.0.0.1:${port}/teas`
    const store = openMongoReadStore({ url, reachTimeoutMs: 200, answerTimeoutMs: 200 })
    const beganAtMs = performance.now()
    const outcomes = await Promise.allSettled([
      store.prepare([{ name: 'teas@1', indexes: [['kind']] }]),
      store.get('teas@1', 'a'),
      store.load('teas@1', ['a']),
      store.find('teas@1', {}),
      store.commit({ writes: [put('a', 1)] }),
      store.checkpoint('teas@1'),
      store.clear('teas@1'),
      store.scan('teas@1'),
      store.size('teas@1'),
      store.swap({ collection: 'teas@1', id: 'a', expected: 1, position: 2, body: {} }),
    ])
    expect(performance.now() - beganAtMs).toBeLessThan(PATIENCE_MS)
    for (const outcome of outcomes) {
      expect(outcome).toMatchObject({ reason: expect.any(ReadStoreUnavailable) })
      expect(outcome).toMatchObject({
        reason: { message: expect.stringContaining(`MongoDB at 127.0.0.1:${port} does not answer`) },
      })
      expect(outcome).not.toMatchObject({ reason: { message: expect.stringContaining('oolong') } })
    }
    await store.close()
    await store.close()
  })
})

describe.each(MONGODB_SERVERS)('a connection to MongoDB', (server) => {
  it('that is cut anywhere in a batch never leaves a checkpoint without its documents', async () => {
    const { near, far, proxy } = await nearAndFar(server, { reachTimeoutMs: 2_000, answerTimeoutMs: 30_000 })
    const writes = Array.from({ length: 40 }, (_, nth) => put(`tea-${nth}`, 1))
    const seen = new Set<string>()
    for (const [nth, bytes] of [50, 700, 1_500, 3_000, 9_000, 15_000, 200_000].entries()) {
      const position = nth + 1
      const batch = {
        writes: writes.map((write) => ({ ...write, position })),
        checkpoint: checkpoint(position),
      }
      proxy.rule('to-server', { kind: 'reset-after', bytes })
      const outcome = await far.commit(batch).then(
        () => 'committed',
        (error: unknown) => (error instanceof ReadStoreUnavailable ? 'unknown' : String(error)),
      )
      seen.add(outcome)
      if ((await near.checkpoint('teas@1')) === position)
        expect(Object.values(await idsAt(near))).toEqual(writes.map(() => position))
      else expect(outcome).toBe('unknown')
      await proxy.heal()
      await far.commit(batch)
      expect(Object.values(await idsAt(near))).toEqual(writes.map(() => position))
      expect(await near.checkpoint('teas@1')).toBe(position)
    }
    expect([...seen].toSorted()).toEqual(['committed', 'unknown'])
  })

  it('that is cut once is not noticed: a batch that may be repeated is', async () => {
    const { near, far, proxy } = await nearAndFar(server)
    await beforeTheNextQuestionArrives(
      proxy,
      () => far.commit({ writes: [put('a', 1)], checkpoint: checkpoint(1) }),
      async () => {
        proxy.cut()
        await proxy.heal()
      },
    )
    expect(await idsAt(near)).toEqual({ a: 1 })
    expect(await near.checkpoint('teas@1')).toBe(1)
  })

  it('that is cut in a batch with an unguarded delete leaves its repetition to the caller', async () => {
    const { far, proxy } = await nearAndFar(server)
    const commit = beforeTheNextQuestionArrives(
      proxy,
      () => far.commit({ writes: [put('a', 1), drop('b')] }),
      async () => {
        proxy.cut()
        await proxy.heal()
      },
    )
    await expect(commit).rejects.toBeInstanceOf(ReadStoreUnavailable)
  })

  it('that finds nobody for a while works again by itself, also when the first call found nobody', async () => {
    const { near, far, proxy } = await nearAndFar(server, { reachTimeoutMs: 1_000, answerTimeoutMs: 5_000 })
    await proxy.refuse(true)
    proxy.cut()
    await expect(far.commit({ writes: [put('a', 1)] })).rejects.toBeInstanceOf(ReadStoreUnavailable)
    await expect(far.get('teas@1', 'a')).rejects.toBeInstanceOf(ReadStoreUnavailable)
    const late = openMongoReadStore({ url: `mongodb://127.0.0.1:${proxy.port}/none`, reachTimeoutMs: 1_000 })
    onTestFinished(() => late.close())
    await expect(late.checkpoint('teas@1')).rejects.toBeInstanceOf(ReadStoreUnavailable)
    await proxy.heal()
    const again = (call: () => Promise<unknown>): Promise<string> =>
      call().then(
        () => 'done',
        (error: unknown) => String(error),
      )
    await expect
      .poll(() => again(() => far.commit({ writes: [put('a', 1)] })), { timeout: PATIENCE_MS })
      .toBe('done')
    await expect.poll(() => again(() => late.checkpoint('teas@1')), { timeout: PATIENCE_MS }).toBe('done')
    expect(await idsAt(near)).toEqual({ a: 1 })
  })

  it('that is slow takes longer and changes nothing', async () => {
    const { far, proxy } = await nearAndFar(server)
    proxy.rule('to-client', { kind: 'delay', delayMs: 60 })
    await far.commit({ writes: [put('a', 1), put('b', 1)], checkpoint: checkpoint(1) })
    expect(await idsAt(far)).toEqual({ a: 1, b: 1 })
    expect(await far.checkpoint('teas@1')).toBe(1)
  })

  it.each(['to-client', 'to-server'] as const)(
    'that carries nothing %s any more is given up in time, and all that waits with it',
    async (direction) => {
      const { near, far, proxy } = await nearAndFar(server, { reachTimeoutMs: 1_000, answerTimeoutMs: 1_000 })
      proxy.rule(direction, { kind: 'hold' })
      const beganAtMs = performance.now()
      const outcomes = await Promise.allSettled([
        far.commit({ writes: [put('a', 1)], checkpoint: checkpoint(1) }),
        ...Array.from({ length: 30 }, () => far.get('teas@1', 'a')),
      ])
      expect(performance.now() - beganAtMs).toBeLessThan(PATIENCE_MS)
      for (const outcome of outcomes)
        expect(outcome).toMatchObject({ reason: expect.any(ReadStoreUnavailable) })
      expect(await near.checkpoint('teas@1')).toBeUndefined()
      await proxy.heal()
      await expect
        .poll(
          () =>
            far.get('teas@1', 'none').then(
              () => 'answered',
              (error: unknown) => String(error),
            ),
          { timeout: PATIENCE_MS },
        )
        .toBe('answered')
    },
  )
})

describe.each(MONGODB_SERVERS)('between the look at a document and its write', (server) => {
  it('a rival may insert it: what is newer stays, what is older is replaced', async () => {
    const { near, far, proxy } = await nearAndFar(server)
    await beforeTheNextQuestionArrives(
      proxy,
      () => far.commit({ writes: [put('a', 5, 'far'), put('b', 5, 'far'), put('c', 5, 'far')] }),
      () => near.commit({ writes: [put('a', 9), put('b', 3)] }),
    )
    expect(await idsAt(near)).toEqual({ a: 9, b: 5, c: 5 })
    expect((await near.get('teas@1', 'b'))?.body).toMatchObject({ by: 'far' })
  })

  it('a rival may take it further, or drop it', async () => {
    const { near, far, proxy } = await nearAndFar(server)
    await near.commit({ writes: [put('a', 1), put('b', 1), put('c', 1)] })
    await beforeTheNextQuestionArrives(
      proxy,
      () => far.commit({ writes: [put('a', 5, 'far'), put('b', 5, 'far'), put('c', 5, 'far')] }),
      () => near.commit({ writes: [put('a', 9), drop('b')] }),
    )
    expect(await idsAt(near)).toEqual({ a: 9, b: 5, c: 5 })
  })

  it('a rival may be writing the very same: both succeed', async () => {
    const { near, far } = await nearAndFar(server)
    for (let position = 1; position <= 10; position += 1) {
      const batch = {
        writes: Array.from({ length: 10 }, (_, nth) => put(`${position}-${nth}`, position)),
        checkpoint: checkpoint(position),
      }
      await Promise.all([near.commit(batch), far.commit(batch)])
    }
    expect(Object.keys(await idsAt(near))).toHaveLength(100)
    expect(await near.checkpoint('teas@1')).toBe(10)
  })

  const fence = (position: number) => ({ collection: 'leases@1', id: 'teas', position })
  const passOn = (store: ReadStore, expected: number | undefined, position: number): Promise<boolean> =>
    store.swap({ collection: 'leases@1', id: 'teas', expected, position, body: {} })

  it('a fence may pass on: the late batch changes nothing of the new holder, nor its checkpoint', async () => {
    const { near, far, proxy } = await nearAndFar(server)
    await passOn(near, undefined, 3)
    await far.commit({ writes: [put('a', 1, 'far')], checkpoint: checkpoint(1), fences: [fence(3)] })
    const late = beforeTheNextQuestionArrives(
      proxy,
      () =>
        far.commit({
          writes: [put('a', 9, 'far'), drop('b')],
          checkpoint: checkpoint(9),
          fences: [fence(3)],
        }),
      async () => {
        expect(await passOn(near, 3, 4)).toBe(true)
        await near.commit({
          writes: [put('a', 2), put('b', 2)],
          checkpoint: checkpoint(2),
          fences: [fence(4)],
        })
      },
    )
    await expect(late).rejects.toBeInstanceOf(StaleFence)
    expect(await idsAt(near)).toEqual({ a: 2, b: 2 })
    expect(await near.checkpoint('teas@1')).toBe(2)
  })

  it('a fence may pass on with a checkpoint that is only touched: the late one does not move it', async () => {
    const { near, far, proxy } = await nearAndFar(server)
    await passOn(near, undefined, 3)
    await far.commit({ writes: [], checkpoint: checkpoint(1), fences: [fence(3)] })
    const late = beforeTheNextQuestionArrives(
      proxy,
      () => far.commit({ writes: [], checkpoint: checkpoint(9), fences: [fence(3)] }),
      async () => {
        expect(await passOn(near, 3, 4)).toBe(true)
        await near.commit({ writes: [], checkpoint: checkpoint(1), fences: [fence(4)] })
      },
    )
    await expect(late).rejects.toBeInstanceOf(StaleFence)
    expect(await near.checkpoint('teas@1')).toBe(1)
  })
})
