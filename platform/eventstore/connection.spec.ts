import { Client, credentials, Metadata } from '@grpc/grpc-js'
import { describe, expect, it } from 'vitest'
import { manualClock } from '../clock/manual-clock.ts'
import { connectClient } from './connection.ts'

const ANSWER_TIMEOUT_MS = 100

describe('the connection', () => {
  const open = () => {
    const clock = manualClock(0)
    const rebuilt: number[] = []
    const connection = connectClient({
      connectionString: 'esdb://127.0.0.1:1?tls=false',
      clock,
      answerTimeoutMs: ANSWER_TIMEOUT_MS,
      onRebuild: (rebuilds) => rebuilt.push(rebuilds),
    })
    const silence = (times: number): void => {
      for (let time = 0; time < times; time += 1) connection.lease().silent()
    }
    return { connection, clock, rebuilt, silence }
  }

  it('replaces a client that was silent twice in a row, and only after what an answer may take', async () => {
    const { connection, clock, rebuilt, silence } = open()
    const first = connection.lease()
    silence(5)
    expect(connection.lease()).toBe(first)
    await clock.advance(ANSWER_TIMEOUT_MS)
    first.answered()
    silence(1)
    expect(connection.lease()).toBe(first)
    silence(1)
    expect(first.replaced.aborted).toBe(true)
    expect(connection.lease().client).not.toBe(first.client)
    expect(rebuilt).toEqual([1])
    await connection.close()
  })

  it('is not moved by what an old client has yet to say', async () => {
    const { connection, clock, rebuilt, silence } = open()
    const first = connection.lease()
    await clock.advance(ANSWER_TIMEOUT_MS)
    silence(2)
    const second = connection.lease()
    await clock.advance(10 * ANSWER_TIMEOUT_MS)
    for (let time = 0; time < 5; time += 1) first.silent()
    expect(connection.lease()).toBe(second)
    expect(rebuilt).toEqual([1])
    await connection.close()
  })

  it('gives each client longer while none answers, up to four times, and starts again after an answer', async () => {
    const { connection, clock, rebuilt, silence } = open()
    const lives: number[] = []
    const livesOf = async (clients: number): Promise<void> => {
      for (const until = rebuilt.length + clients; rebuilt.length < until;) {
        const before = rebuilt.length
        let livedMs = 0
        while (rebuilt.length === before && livedMs < 100 * ANSWER_TIMEOUT_MS) {
          await clock.advance(ANSWER_TIMEOUT_MS)
          livedMs += ANSWER_TIMEOUT_MS
          silence(2)
        }
        lives.push(livedMs / ANSWER_TIMEOUT_MS)
      }
    }
    await livesOf(5)
    connection.lease().answered()
    await livesOf(1)
    expect(lives).toEqual([1, 2, 4, 4, 4, 1])
    await connection.close()
  })

  it('replaces nothing when it is closed', async () => {
    const { connection, clock, rebuilt, silence } = open()
    await connection.close()
    await clock.advance(10 * ANSWER_TIMEOUT_MS)
    silence(9)
    expect(rebuilt).toEqual([])
    expect(connection.lease().replaced.aborted).toBe(true)
  })

  it('hears the rejection that the client leaves to itself while it finds no leader', async () => {
    const connection = connectClient({
      connectionString: 'esdb://127.0.0.1:1,127.0.0.1:2?tls=false&maxDiscoverAttempts=1',
      clock: manualClock(0),
      answerTimeoutMs: ANSWER_TIMEOUT_MS,
    })
    const { client } = connection.lease()
    const earlier = new Client('127.0.0.1:3', credentials.createInsecure())
    const lost = Object.assign(new Error('lost'), { code: 14, details: 'lost', metadata: new Metadata() })
    const looking = new Promise<unknown>((resolve) => {
      client.readStream('a').on('error', resolve)
    })
    // In the client nobody waits for this, so that whatever it rejected with would end the process.
    await expect(client['handleError'](earlier, lost)).resolves.toBeUndefined()
    expect(String(await looking)).toContain('Failed to discover')
    earlier.close()
  })
})
