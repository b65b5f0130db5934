import { describe, expect, it } from 'vitest'
import { createLogger } from './logger.ts'

const logged = (log: (logger: ReturnType<typeof createLogger>) => void): string => {
  const lines: string[] = []
  log(createLogger('info', { write: (line: string) => void lines.push(line) }))
  return lines.join('')
}

describe('the log', () => {
  it('is one JSON object a line, with level and time in words', () => {
    const line = logged((logger) => {
      logger.info({ orderId: 'o-1' }, 'placed')
    })
    expect(JSON.parse(line)).toMatchObject({
      level: 'info',
      orderId: 'o-1',
      msg: 'placed',
      time: expect.stringMatching(/Z$/),
    })
  })

  it('leaves out what could be a secret or a person, also where it is nested', () => {
    const text = logged((logger) => {
      logger.info(
        { email: 'hanako@example.com', body: { contact: { name: 'Hanako' }, idToken: 'eyJ-secret' } },
        'a',
      )
      logger.info(
        { request: { headers: { cookie: 'sid=abc-secret' } }, config: { secret: 'webhook-secret' } },
        'b',
      )
    })
    for (const word of ['hanako', 'Hanako', 'eyJ', 'abc-secret', 'webhook-secret'])
      expect(text).not.toContain(word)
  })

  it('keeps the reason of an error', () => {
    expect(
      logged((logger) => {
        logger.warn({ err: new Error('disk full') }, 'c')
      }),
    ).toContain('disk full')
  })
})
