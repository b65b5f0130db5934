import { describe, expect, it } from 'vitest'
import { clientConnectionString, credentialsIn } from './connection-string.ts'

describe('the connection string of a client', () => {
  it.each([
    ['esdb://h:2113', 'esdb://h:2113?keepAliveInterval=10000&keepAliveTimeout=5000'],
    ['esdb://h:2113/', 'esdb://h:2113?keepAliveInterval=10000&keepAliveTimeout=5000'],
    ['esdb://a,b?tls=false', 'esdb://a,b?tls=false&keepAliveInterval=10000&keepAliveTimeout=5000'],
  ])('asks for signs of life: %s', (given, expected) => {
    expect(clientConnectionString(given, 0)).toBe(expected)
  })

  it.each([
    'keepAliveInterval=20000&keepAliveTimeout=9000',
    'keepaliveinterval=20000&keep-alive_timeout=9000',
  ])('leaves what the operator chose: %s', (chosen) => {
    // The later of two takes effect, and it says the same.
    expect(clientConnectionString(`esdb://h?${chosen}`, 0)).toBe(`esdb://h?${chosen}&keepAliveTimeout=9000`)
  })

  it('leaves keep-alive off for who wants none', () => {
    const given = 'esdb://h?keepAliveInterval=-1&keepAliveTimeout=-1'
    expect(clientConnectionString(given, 3)).toBe(given)
  })

  it('differs for each client, so that none is given the connection of the one before', () => {
    const strings = [0, 1, 2, 3].map((rebuilds) => clientConnectionString('esdb://h?tls=false', rebuilds))
    expect(new Set(strings).size).toBe(4)
  })

  it('says who we are', () => {
    expect(credentialsIn('esdb://shop:p%3Aw%40d@h:2113?tls=true')).toEqual({
      username: 'shop',
      password: 'p:w@d',
    })
    expect(credentialsIn('esdb+discover://shop:secret@h')).toEqual({ username: 'shop', password: 'secret' })
    expect(credentialsIn('esdb://h?tls=false')).toBeUndefined()
    expect(credentialsIn('esdb://a:2113,b:2113?tls=false')).toBeUndefined()
  })
})
